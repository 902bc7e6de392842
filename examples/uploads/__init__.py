"""Serves renditions of uploaded documents, made when they are first asked for, behind nginx."""
