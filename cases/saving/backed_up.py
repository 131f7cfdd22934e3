class Interrupted(Exception):
    pass


class Interrupt(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise Interrupted


backup = getattr(keras.callbacks, "BackupAndRestore", None)
if backup is None:
    backup = keras.callbacks.experimental.BackupAndRestore
try:
    model.fit(x, y, batch_size=4, epochs=4, verbose=0, callbacks=[backup("backup"), Interrupt()])
except Interrupted:
    pass
outputs = model.predict(x)
