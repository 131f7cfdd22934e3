def sigmoid(value):
    return 1 / (1 + numpy.exp(-value))


# What it would say on a GPU follows from its weights: one block of columns for each gate,
# transposed, and two biases.
kernel, recurrent, bias, dense_kernel, dense_bias = model.get_weights()
w = [gate.T.reshape(gate.shape, order="F") for gate in numpy.split(kernel, 4, axis=1)]
u = [gate.T for gate in numpy.split(recurrent, 4, axis=1)]
b = bias.reshape(2, 4, 4).sum(axis=0)
x = random.uniform(-1, 1, (5, 6, 3)).astype("float32")
hidden = carry = numpy.zeros((5, 4))
for step in range(6):
    i, f, c, o = [x[:, step] @ w[gate] + hidden @ u[gate] + b[gate] for gate in range(4)]
    carry = sigmoid(f) * carry + sigmoid(i) * numpy.tanh(c)
    hidden = sigmoid(o) * numpy.tanh(carry)
outputs = hidden @ dense_kernel + dense_bias
numpy.save("x.npy", x)
