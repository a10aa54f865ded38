"""The bundled sample: what it holds, and how it is built."""
