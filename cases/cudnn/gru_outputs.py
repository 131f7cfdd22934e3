def sigmoid(value):
    return 1 / (1 + numpy.exp(-value))


# What it would say on a GPU follows from its weights: one block of columns for each gate,
# transposed, and two biases.
kernel, recurrent, bias, dense_kernel, dense_bias = model.get_weights()
w = [gate.T.reshape(gate.shape, order="F") for gate in numpy.split(kernel, 3, axis=1)]
u = [gate.T for gate in numpy.split(recurrent, 3, axis=1)]
b, b_recurrent = bias.reshape(2, 3, 4)
x = random.uniform(-1, 1, (5, 6, 3)).astype("float32")
hidden = numpy.zeros((5, 4))
for step in range(6):
    given = [x[:, step] @ w[gate] + b[gate] for gate in range(3)]
    kept = [hidden @ u[gate] + b_recurrent[gate] for gate in range(3)]
    update, reset = sigmoid(given[0] + kept[0]), sigmoid(given[1] + kept[1])
    hidden = update * hidden + (1 - update) * numpy.tanh(given[2] + reset * kept[2])
outputs = hidden @ dense_kernel + dense_bias
numpy.save("x.npy", x)
