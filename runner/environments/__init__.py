"""From environments of a matrix to built ones: interpreters, locks, nox sessions, markers.

Owns everything between a specification and a folder with an interpreter that can import its
Keras. It never imports a framework itself, and never decides what is measured in an environment.
"""
