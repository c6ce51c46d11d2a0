#include "tier.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "cache.h"
#include "cc.h"
#include "config.h"
#include "run/tier.h"
#include "system/printable.h"
#include "system/processor.h"
#include "system/whole.h"

enum {
    MOST_KEPT = 1 << 28, /* bytes of the cache */
    NICER = 5,           /* than the run, which waits for nobody */
    PAYS = 4,            /* times what the compiler is estimated to take the run must last still */
    MOST_TOLD = 1 << 16  /* bytes of what the compiler says */
};

/* A second form on its way. */
typedef struct Work {
    const Compilation *compilation;
    const Options *options;
    CcRequest request;
    char key[CACHE_KEY];
    int object;        /* memory that is a file, for the object */
    pid_t maker;       /* the process that makes it; 0: there is none, or it is done */
    int start, report; /* ends of the pipes to it: a byte lets it begin; what it says, until it ends */
    bool started;
    Text told;
    const struct nc_model *model; /* the second form */
} Work;

static Work work;

/* ---- The key ----------------------------------------------------------------------------------------------------- */

/* What an object is made of. The text for libtcc has every number of the plan, and so stands for the text that the C
 * compiler gets, which the same netc makes of the same plan; the train block's part of it is left out, since a new rate
 * makes no new kernels. */
static bool find_key(Work *w)
{
    const Lowering *lowering = &w->compilation->lowering;
    Arena *arena = lowering->arena;
    struct stat self;
    const char *identity = cc_identity(arena, w->request.compiler), *home = getenv("NETC_HOME");
    if (!identity || stat("/proc/self/exe", &self) != 0)
        return false;
    Text text = text_new(arena);
    text_printf(&text, "netc " NETC_VERSION " %lld %lld.%09ld\n%s\n%s\n%s", (long long)self.st_size,
                (long long)self.st_mtim.tv_sec, self.st_mtim.tv_nsec, home ? home : "", w->request.march, identity);
    for (int i = 0; nc_feature_name(i); i++)
        text_add(&text, nc_feature_there(i) ? "1" : "0");
    text_add(&text, lowering->profile ? "\nprofile\n" : "\n");
    text_add_bytes(&text, lowering->text, lowering->model);
    cache_key(text.bytes, text.length, w->key);
    return true;
}

/* ---- The object -------------------------------------------------------------------------------------------------- */

/* Loads what stands in w->object. NULL: it is loaded; otherwise why not. */
static const char *load(Work *w)
{
    const char *path = arena_printf(w->compilation->arena, "/proc/self/fd/%d", w->object);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* to the end: the run has pointers into it */
    if (library)
        w->model = dlsym(library, "model");
    return w->model ? NULL : dlerror();
}

/* A copy in memory of one's own is what is checked and loaded, whatever becomes of the file. */
static bool take_from_cache(Work *w)
{
    const char *bytes;
    size_t size;
    return cache_read(w->compilation->arena, w->key, &bytes, &size) &&
           nc_write_whole(w->object, bytes, size) == 0 && !load(w);
}

static void put_into_cache(const Work *w)
{
    struct stat status;
    if (fstat(w->object, &status) != 0 || status.st_size <= 0)
        return;
    const char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, w->object, 0);
    if (bytes != MAP_FAILED)
        cache_write(w->compilation->arena, w->key, bytes, (size_t)status.st_size, MOST_KEPT);
}

/* ---- The process that makes it ----------------------------------------------------------------------------------- */

/* It was forked before the run had memory and threads, has nothing open but what it needs, and lives no longer than the
 * run. Signals of the terminal are the run's, which decides what they mean. */
_Noreturn static void make(Work *w, pid_t run, int begin, int report)
{
    char byte;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != run || nothing < 0)
        _exit(1);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(report, STDERR_FILENO);
    close(w->start);
    close(w->report);
    if (read(begin, &byte, 1) != 1)
        _exit(1);
    signal(SIGPIPE, SIG_IGN); /* a run that was killed reads no message, and there is to be tidied up all the same */
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICER);
    const Lowering *lowering = &w->compilation->lowering;
    w->request.text = w->compilation->request->target->emit(lowering, EMIT_OBJECT);
    const bool made = cc_object(lowering->arena, &w->request, w->object);
    if (made)
        put_into_cache(w);
    _exit(made ? 0 : 1);
}

/* The run has ended: so does the compiler. */
static void end(void)
{
    if (work.maker <= 0)
        return;
    kill(work.maker, SIGTERM);
    while (waitpid(work.maker, NULL, 0) < 0 && errno == EINTR)
        ;
    work.maker = 0;
}

static bool prepare(Work *w)
{
    int begin[2], report[2];
    if (pipe2(begin, O_CLOEXEC) != 0)
        return false;
    if (pipe2(report, O_CLOEXEC) != 0) {
        close(begin[0]);
        close(begin[1]);
        return false;
    }
    w->start = begin[1];
    w->report = report[0];
    w->told = text_new(w->compilation->arena);
    const pid_t run = getpid();
    fflush(NULL);
    w->maker = fork();
    if (w->maker == 0)
        make(w, run, begin[0], report[1]);
    close(begin[0]);
    close(report[1]);
    if (w->maker < 0) {
        close(w->start);
        close(w->report);
        return false;
    }
    atexit(end);
    return true;
}

static void start(Work *w)
{
    w->started = true;
    if (write(w->start, "", 1) != 1)
        w->started = false;
    close(w->start);
}

/* Takes what the maker says, waiting for its end where `wait`. Whether it has ended. */
static bool listen_to(Work *w, bool wait)
{
    char bytes[4096];
    fcntl(w->report, F_SETFL, wait ? 0 : O_NONBLOCK);
    for (;;) {
        ssize_t got = read(w->report, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            return true;
        if (w->told.length < MOST_TOLD)
            text_add_bytes(&w->told, bytes, (size_t)got);
    }
}

/* The maker has ended. Returns NULL, and there is the second form; or what was wrong, in one line. */
static const char *finish(Work *w)
{
    int status = 0;
    while (waitpid(w->maker, &status, 0) < 0 && errno == EINTR)
        ;
    w->maker = 0;
    close(w->report);
    for (const char *line = w->told.bytes; w->options->verbose && *line;) {
        const size_t length = strcspn(line, "\n");
        nc_print_to(stderr, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return load(w);
    const size_t length = strcspn(w->told.bytes, "\n");
    return length ? arena_copy(w->compilation->arena, w->told.bytes, length) : "the compiler was ended";
}

/* Seconds that compilers take, by the length of libtcc's text. */
static double estimate(const Work *w)
{
    return 0.3 + (double)w->compilation->lowering.model / 40e3;
}

static const struct nc_model *look(void *context, double rest, const char **wrong)
{
    Work *w = context;
    if (!w->maker || w->model)
        return w->model;
    if (!w->started && rest >= PAYS * estimate(w))
        start(w);
    else if (w->started && listen_to(w, false))
        *wrong = finish(w);
    return w->model;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static void warn(const char *why)
{
    nc_print_to(stderr, "netc: warning: --tier cc: the run does without the C compiler: %s\n", why);
}

void tier_begin(const Compilation *c, const Options *options)
{
    static struct nc_tier tier = {.look = look, .context = &work};
    const bool now = options->tier == TIER_CC;
    /* A table of times must not be of two forms at once. */
    if (options->tier == TIER_JIT || (!now && c->lowering.profile) || !c->request->target->emit)
        return;
    work = (Work){.compilation = c, .options = options, .request = {.compiler = options->compiler, .march = "native",
                  .verbose = options->verbose}};
    work.object = memfd_create("netc", MFD_CLOEXEC);
    const char *why = work.object < 0    ? strerror(errno)
                      : !find_key(&work) ? arena_printf(c->arena, "there is no '%s' here", options->compiler)
                                         : NULL;
    if (!why && !take_from_cache(&work)) {
        if (ftruncate(work.object, 0) != 0 || lseek(work.object, 0, SEEK_SET) != 0 || !prepare(&work)) {
            why = strerror(errno);
        } else if (now) {
            start(&work);
            listen_to(&work, true);
            why = finish(&work);
        }
    }
    if (why && now)
        warn(why);
    tier.verbose = options->verbose;
    if (work.model || work.maker)
        nc_tier_set(&tier);
}
