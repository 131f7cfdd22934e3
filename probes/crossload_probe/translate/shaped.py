"""What becomes a model of several layers once the shape of its input is known.

Owns when that is; a subclass makes the model.
"""


class Shaped(object):
    """Stands for a layer of a description: called like one, it is made for its first input.

    Attributes:
        made: the model; None before that.
    """

    made = None

    def __call__(self, tensor):
        return self.of(tensor.shape)(tensor)

    def of(self, shape):
        """The model for an input of this shape (batch, ...); None is an open shape."""
        if self.made is None:
            sizes = [getattr(size, "value", size) for size in shape or (None, None)]
            self.made = self.make(tuple(sizes[1:]))
        return self.made

    def make(self, shape):
        """The model for inputs of this shape, without the batch."""
        raise NotImplementedError
