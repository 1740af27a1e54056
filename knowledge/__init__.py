"""Documents, passages, access, retrieval and answering: a library without HTTP or HTML."""
