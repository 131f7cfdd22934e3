"""What an environment has of the Keras API: classes, arguments, formats."""
