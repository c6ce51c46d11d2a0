#include "loaded.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "system/printable.h"

bool object_make(Arena *arena, const CcRequest *request, int to)
{
    int status = 0;
    const pid_t maker = fork();
    if (maker == 0)
        _exit(cc_object(arena, request, to) ? 0 : 1);
    if (maker < 0)
        fail_system("cannot start the C compiler: %s", strerror(errno));
    while (waitpid(maker, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void *object_load(Arena *arena, const CcRequest *request)
{
    const int object = memfd_create("netc", MFD_CLOEXEC);
    if (object < 0)
        fail_system("cannot have memory for an object: %s", strerror(errno));
    if (!object_make(arena, request, object))
        return NULL;
    /* The object stays open: another one of its name would be taken for it. */
    void *loaded = dlopen(arena_printf(arena, "/proc/self/fd/%d", object), RTLD_NOW | RTLD_LOCAL);
    if (!loaded)
        nc_print_to(stderr, "netc: what the C compiler made can't be loaded: %s\n", dlerror());
    return loaded;
}
