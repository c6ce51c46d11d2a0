/* Embedded: what netc carries of the runtime, for libtcc and for libraries. compiler/embed.py writes the tables when
 * netc is built. */
#ifndef NETC_EMBEDDED_H
#define NETC_EMBEDDED_H

/* The text of data_sets.h, netc.h and kernels.h. */
extern const char embedded_declarations[];

/* Every function that they declare, and where this program has it. */
typedef struct EmbeddedSymbol {
    const char *name;
    const void *address;
} EmbeddedSymbol;

extern const EmbeddedSymbol embedded_symbols[]; /* ends with a NULL name */

/* Headers of the runtime's that libraries carry, "vector.h"; and the style and the script of web pages. */
typedef struct EmbeddedText {
    const char *name, *text;
} EmbeddedText;

extern const EmbeddedText embedded_texts[]; /* ends with a NULL name */

#endif
