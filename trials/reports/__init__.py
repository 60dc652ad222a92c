"""Reports: composed once as a plain document, drawn by small renderers."""
