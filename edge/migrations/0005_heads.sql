-- What the encoder makes of silence: a negative of every head that is fitted. Documented in docs/storage.md.
ALTER TABLE encoders ADD COLUMN silence BLOB;
