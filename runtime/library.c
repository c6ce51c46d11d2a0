#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static int load(struct nc_library *library, char *error, size_t size)
{
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(error, size, "the library %s is needed and cannot be loaded: install it (Debian's package %s)",
                 library->file, library->package);
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

int nc_library_load(struct nc_library *library, char *error, size_t size)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    if (atomic_load_explicit(&library->loaded, memory_order_acquire))
        return 1;
    pthread_mutex_lock(&one_at_a_time);
    if (!atomic_load_explicit(&library->loaded, memory_order_relaxed) && load(library, error, size))
        atomic_store_explicit(&library->loaded, 1, memory_order_release);
    pthread_mutex_unlock(&one_at_a_time);
    return atomic_load_explicit(&library->loaded, memory_order_relaxed);
}
