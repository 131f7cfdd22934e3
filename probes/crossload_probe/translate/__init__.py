"""The translator: build a model of this Keras from what another Keras wrote of it."""
