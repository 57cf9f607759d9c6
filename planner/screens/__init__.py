"""The wizard in Streamlit."""
