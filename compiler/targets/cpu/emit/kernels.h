/* The kernel emitter: prints one C function for a kernel family. Dimensions are expressions: numbers for a model's own
 * kernels, names for the runtime's prebuilt ones; both print the same loops, so both give the same bits. */
#ifndef NETC_TARGETS_CPU_EMIT_KERNELS_H
#define NETC_TARGETS_CPU_EMIT_KERNELS_H

#include "base/text.h"
#include "targets/cpu/plan.h"
#include "targets/cpu/tiles.h"

/* Prints `static void name(parameters) { ... }` for the family. dim[] are C expressions in the order of the family's
 * dimensions ("32", "d->rows"); tile[] one per width (unused where the family has no tiles). The text needs
 * runtime/vector.h and compiles silently with -Wall -Wextra -Wshadow. */
void emit_kernel(Text *out, Family family, const char *name, const char *const *dim, const Tile tile[WIDTH_COUNT]);

/* The same from numbers. */
void emit_kernel_sized(Text *out, Family family, const char *name, const int64_t *dim, const Tile tile[WIDTH_COUNT]);

/* "static void name(parameters, more)\n{\n", wrapped; `more` may be NULL. */
void emit_signature(Text *out, const char *name, const char *parameters, const char *more);

/* A function whose parameters are the family's, whether they are read or not, and, if not NULL, `more`. Dimensions that
 * are used are declared from `source`, "const long rows = d->rows, ...", or not at all where it is NULL. */
void emit_function(Text *out, Family family, const char *name, const char *const *dim, const Tile *tile,
                   const char *more, const char *source);

/* The same with another type than "static void ". */
void emit_head(Text *out, const char *type, const char *name, const char *parameters, const char *more);

/* The dimensions of a body: expressions; and of those that are names for numbers, which they are, and whether they are
 * 0 in one of the kernels that share the body and not in another. */
typedef struct KernelDims {
    const char *const *text;
    const bool *named, *varies; /* by dimension; NULL: none */
    const int64_t *number;
} KernelDims;

/* The statements of a kernel. used[], if not NULL: the dimensions that they go by. */
const char *kernel_body(Arena *arena, Family family, const KernelDims *dims, const Tile *tile, bool *used);

/* Where `text` has the word, which is no member's name; NULL: nowhere. */
const char *find_word(const char *text, const char *word);

/* The runtime's prebuilt kernels of one width, a whole C file (kernelgen prints one per width when netc is built). */
void emit_prebuilt_kernels(Text *out, Arena *arena, Width width);

/* The plain C that calls prebuilt kernels: `struct nc_<family>_dims` and the prototypes of nc_<family>(...). This is
 * runtime/kernels.h: no includes, nothing tcc can't read. Each struct starts with `short tile[3]` (rows*100 + cols*10 +
 * vecs per width) where the family is tiled, then the dimensions as `long long`. Each function takes the family's
 * parameters and then `const struct nc_<family>_dims *dims`. */
void emit_prebuilt_header(Text *out, Arena *arena);

#endif
