"""Remove the files of the variables from the folder."""

import os

os.remove("my_saved_model_dir/variables/variables.index")
os.remove("my_saved_model_dir/variables/variables.data-00000-of-00001")
