/* late.c: finds a library's functions in the shared library of this machine. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "system/library.h"

int nc_library_find(struct nc_library *library, char *error, size_t size)
{
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *why = dlerror();
        if (!why || strstr(why, "No such file"))
            snprintf(error, size, "the library %s is needed and cannot be loaded: install it (Debian's package %s)",
                     library->file, library->package);
        else
            snprintf(error, size, "the library %s is needed and cannot be loaded: %s", library->file, why);
        return 0;
    }
    void **functions = library->functions;
    for (int i = 0; library->names[i]; i++) {
        functions[i] = dlsym(handle, library->names[i]);
        if (!functions[i]) {
            snprintf(error, size, "the library %s has no function %s: install another version of it", library->file,
                     library->names[i]);
            dlclose(handle);
            return 0;
        }
    }
    return 1;
}
