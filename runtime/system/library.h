/* library.h: shared libraries that few runs need, loaded when they are first wanted.
 *
 * A program that reads no TIFF picture neither links libtiff nor waits for it at its start; where the library is not
 * installed, only what needs it says so. Its functions are called through a structure of pointers that have the types
 * of the library's own header:
 *
 *     #define LIBPNG(F) F(png_sig_cmp) F(png_error)
 *     NC_LIBRARY(libpng, LIBPNG, "libpng16.so.16", "libpng16-16")
 *
 *     if (nc_library_load(&libpng_library, error, sizeof error))
 *         libpng.png_sig_cmp(...);
 */
#ifndef NC_LIBRARY_H
#define NC_LIBRARY_H

#include <stdatomic.h>
#include <stddef.h>

struct nc_library {
    const char *file;         /* "libpng16.so.16" */
    const char *package;      /* Debian's, for the message where it is missing */
    const char *const *names; /* of its functions; NULL after the last one */
    void *functions;          /* an array of pointers to them */
    atomic_int loaded;
};

#define NC_LIBRARY_POINTER(function) __typeof__(function) *function;
#define NC_LIBRARY_NAME(function) #function,
#define NC_LIBRARY(library, functions, file, package)                                                                  \
    static struct { functions(NC_LIBRARY_POINTER) } library;                                                           \
    static const char *const library##_names[] = {functions(NC_LIBRARY_NAME) NULL};                                    \
    static struct nc_library library##_library = {file, package, library##_names, &library, 0};

/* Loads it, once; it stays until the program ends. For any thread. 1; or 0, with a sentence in error[size] that says
 * which package to install. */
int nc_library_load(struct nc_library *library, char *error, size_t size);

/* Sets all pointers; or 0, with such a sentence. late.c has it, and image/whole.c for trainers that are linked
 * statically. */
int nc_library_find(struct nc_library *library, char *error, size_t size);

#endif
