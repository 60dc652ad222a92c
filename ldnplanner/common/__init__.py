"""The ground both apps stand on; it imports nothing of ours."""
