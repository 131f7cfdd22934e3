"""What a loaded model is compared with, and how."""
