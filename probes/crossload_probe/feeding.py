"""What a model is fed, in the structure and by the names in which its users pass it.

Owns the form of inputs: nested lists and dicts whose leaves are dense, ragged, sparse or left out,
and how the arrays of a saver are put into the structure of a loaded model. Names decide where both
sides have the same ones, the order otherwise. `subjects.data` makes the arrays.
"""

DENSE, RAGGED, SPARSE, NONE = "dense", "ragged", "sparse", "none"
DICT, LIST = "dict", "list"
KINDS = {"Ragged": RAGGED, "Sparse": SPARSE}


class Inputs(list):
    """The arrays, flat, with how they are passed.

    Attributes:
        form: [DICT, {key: form}], [LIST, [form]] or a leaf, [kind, number of the array, number of
            the row splits of a ragged one]; JSON as it is. None for a flat list of dense arrays.
        names: of the leaves, in their order; what the model calls its input, else the key.
    """

    def __init__(self, arrays=(), form=None, names=()):
        list.__init__(self, arrays)
        self.form = form
        self.names = list(names)


def with_form(arrays, like):
    """Other arrays in the form of these inputs, which may be a plain list."""
    return Inputs(arrays, getattr(like, "form", None), getattr(like, "names", ()))


def flat_form(count):
    leaves = [[DENSE, index] for index in range(count)]
    return leaves[0] if count == 1 else [LIST, leaves]


def leaves_of(form):
    """[(path, leaf)] in the order in which frameworks flatten a structure: keys sorted."""
    if form[0] == DICT:
        items = [(key, form[1][key]) for key in sorted(form[1])]
    elif form[0] == LIST:
        items = [(str(index), inner) for index, inner in enumerate(form[1])]
    else:
        return [("", form)]
    found = []
    for key, inner in items:
        found += [(key + "/" + path if path else key, leaf) for path, leaf in leaves_of(inner)]
    return found


def structure_of(model):
    """The nested structure of a functional model's input tensors; None if it has none."""
    for name in ("_inputs_struct", "_nested_inputs"):
        if getattr(model, name, None) is not None:
            return getattr(model, name)
    return getattr(model, "inputs", None) or None


def form_of(structure):
    """(form, leaf values) of any structure; arrays are numbered in the order of the leaves."""
    values = []

    def walk(value):
        if isinstance(value, dict):
            return [DICT, {str(key): walk(value[key]) for key in sorted(value)}]
        if isinstance(value, (list, tuple)):
            return [LIST, [walk(item) for item in value]]
        values.append(value)
        return [kind_of(value), len(values) - 1]

    form = walk(structure)
    while form[0] == LIST and len(form[1]) == 1:
        form = form[1][0]
    return form, values


def kind_of(tensor):
    """Whether an input is ragged or sparse, from its own words or from its class."""
    for kind in (RAGGED, SPARSE):
        if getattr(tensor, kind, False) is True:
            return kind
    for described in (tensor, getattr(tensor, "type_spec", None)):
        for word, kind in KINDS.items():
            if type(described).__name__.startswith(word + "Tensor"):
                return kind
    return DENSE


def name_of(tensor):
    """What the model calls an input, without what TensorFlow appends; empty if it has no name."""
    name = getattr(tensor, "name", None)
    return name.split(":")[0].split("/")[0] if isinstance(name, str) else ""


def forms(model, inputs):
    """Forms to try, likeliest first: the model's own, the saver's, a flat list."""
    given = getattr(inputs, "form", None) or flat_form(len(inputs))
    candidates = [own_form(model, given, getattr(inputs, "names", ())), given]
    candidates.append(flat_form(len(inputs)) if is_dense(given) else None)
    found = []
    for form in candidates:
        if form is not None and form not in found:
            found.append(form)
    return found


def is_dense(form):
    return all(leaf[0] == DENSE for _, leaf in leaves_of(form))


def own_form(model, given, names):
    """The model's own structure, filled with the leaves of the given form; None without one."""
    structure = structure_of(model)
    if structure is None:
        return None
    own, tensors = form_of(structure)
    places = leaves_of(own)
    wanted = leaves_of(given)
    if len(places) != len(wanted):
        return None
    theirs = [[path for path, _ in wanted], list(names)]
    ours = [[path for path, _ in places], [name_of(tensors[leaf[1]]) for _, leaf in places]]
    order = match(ours, theirs)
    leaves = iter([wanted[index][1] for index in order])

    def fill(form):
        if form[0] == DICT:
            return [DICT, {key: fill(form[1][key]) for key in sorted(form[1])}]
        if form[0] == LIST:
            return [LIST, [fill(inner) for inner in form[1]]]
        return next(leaves)

    return fill(own)


def match(ours, theirs):
    """For each of our leaves the number of theirs, by the first two lists of names that agree.

    The paths of a list are its numbers, which name nothing: these are compared last.
    """
    count = len(ours[0])
    for one in reversed(ours):
        for other in reversed(theirs):
            if len(set(one)) == count and "" not in one and sorted(one) == sorted(other):
                return [other.index(name) for name in one]
    return list(range(count))


def pack(framework, form, arrays):
    """The arrays as one argument of a model."""
    if form[0] == DICT:
        return {key: pack(framework, inner, arrays) for key, inner in form[1].items()}
    if form[0] == LIST:
        return [pack(framework, inner, arrays) for inner in form[1]]
    if form[0] == NONE:
        return None
    tensorflow = framework.tensorflow
    if form[0] == RAGGED:
        values = framework.as_given(arrays[form[1]])
        return tensorflow.RaggedTensor.from_row_splits(values, arrays[form[2]])
    if form[0] == SPARSE:
        return tensorflow.sparse.from_dense(arrays[form[1]])
    return framework.as_given(arrays[form[1]])
