#include "system/library.h"

#include <pthread.h>

int nc_library_load(struct nc_library *library, char *error, size_t size)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    if (atomic_load_explicit(&library->loaded, memory_order_acquire))
        return 1;
    pthread_mutex_lock(&one_at_a_time);
    if (!atomic_load_explicit(&library->loaded, memory_order_relaxed) && nc_library_find(library, error, size))
        atomic_store_explicit(&library->loaded, 1, memory_order_release);
    pthread_mutex_unlock(&one_at_a_time);
    return atomic_load_explicit(&library->loaded, memory_order_relaxed);
}
