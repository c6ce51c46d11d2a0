/* whole.c: finds a library's functions in a trainer that is linked statically: those of libjpeg and libpng are part of
 * it, and others it has not, as such a program can load none. */
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "system/library.h"
#include "functions.h"

#define ROW(function) {#function, (void *)function},

static const struct {
    const char *name;
    void *address;
} functions[] = {LIBJPEG(ROW) LIBPNG_READ(ROW) LIBPNG_WRITE(ROW)};

static void *find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return functions[i].address;
    return NULL;
}

int nc_library_find(struct nc_library *library, char *error, size_t size)
{
    void **to = library->functions;
    for (int i = 0; library->names[i]; i++) {
        to[i] = find(library->names[i]);
        if (!to[i]) {
            snprintf(error, size, "the library %s is needed, which a trainer built with --static cannot load: build it "
                     "without", library->file);
            return 0;
        }
    }
    return 1;
}
