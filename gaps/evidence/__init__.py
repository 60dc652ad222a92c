"""What the linked studies say of a gap: each figure as it reads, the pieces of evidence by role, and the charts of them."""
