/* The model library: the .net files of compiler/models, carried inside netc. compiler/model/library.py writes the
 * table when netc is built. */
#ifndef NETC_MODEL_LIBRARY_H
#define NETC_MODEL_LIBRARY_H

typedef struct LibraryText {
    const char *name; /* "vgg16", of vgg16.net */
    const char *text;
} LibraryText;

extern const LibraryText library_texts[]; /* by name; ends with a nameless one */

/* The text of this name; NULL: the library has none. */
const LibraryText *library_find(const char *name);

#endif
