"""The subcommands, one file each; `base` is what they have in common."""
