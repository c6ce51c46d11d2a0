/* Embedded: what netc carries of the runtime for libtcc. compiler/embed.py writes the two tables when netc is built. */
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

#endif
