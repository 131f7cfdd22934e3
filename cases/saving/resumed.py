backup = getattr(keras.callbacks, "BackupAndRestore", None)
if backup is None:
    backup = keras.callbacks.experimental.BackupAndRestore
model.compile("adam", "mean_squared_error")


class Keep(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if not kept:
            kept.append(self.model.predict(x, verbose=0))


kept = []
model.fit(x, y, batch_size=4, epochs=4, verbose=0, callbacks=[backup("backup"), Keep()])
outputs = kept[0]
