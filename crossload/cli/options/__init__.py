"""The options that several commands share: each is spelled, explained and parsed here, once."""
