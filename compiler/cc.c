#include "cc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/vec.h"
#include "config.h"

typedef VEC(const char *) Words;

/* Where the runtime's headers and its archive are. */
typedef struct Runtime {
    const char *include[2]; /* the second one may be NULL */
    const char *archive;
    const char *whole; /* what a static trainer has in place of shared libraries */
} Runtime;

static bool is_there(const char *path)
{
    return access(path, R_OK) == 0;
}

/* The folder that this very program lies in, or NULL. */
static const char *own_folder(Arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = 0;
    *strrchr(path, '/') = 0;
    return arena_copy(arena, path, strlen(path));
}

/* $NETC_HOME, laid out as an install prefix; else the build tree, when it is this build's own program that runs; else
 * the prefix that the program was installed to, wherever that has been moved to. */
static bool find_runtime(Arena *arena, Runtime *runtime)
{
    const char *home = getenv("NETC_HOME");
    const char *own = own_folder(arena);
    if (!home || !*home) {
        if (own && !strcmp(own, NETC_BUILD_BIN) && is_there(NETC_BUILD_ARCHIVE)) {
            *runtime = (Runtime){{NETC_SOURCE_INCLUDE, NETC_BUILD_INCLUDE}, NETC_BUILD_ARCHIVE, NETC_BUILD_WHOLE};
            return true;
        }
        home = own ? arena_printf(arena, "%s/..", own) : NETC_PREFIX;
    }
    runtime->include[0] = arena_printf(arena, "%s/include/netc", home);
    runtime->include[1] = NULL;
    runtime->archive = arena_printf(arena, "%s/lib/netc/libnetc_rt.a", home);
    runtime->whole = arena_printf(arena, "%s/lib/netc/whole.o", home);
    const char *header = arena_printf(arena, "%s/netc.h", runtime->include[0]);
    const char *missing = !is_there(header) ? header : !is_there(runtime->archive) ? runtime->archive : NULL;
    if (missing) {
        fprintf(stderr, "netc: the runtime is not there: '%s' is missing; install netc, or set NETC_HOME to the folder "
                        "that has include/netc and lib/netc\n", missing);
        return false;
    }
    return true;
}

static void add_words(Arena *arena, Words *words, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " \t");
        if (length)
            vec_push(arena, *words, arena_copy(arena, text, length));
        text += length;
        text += strspn(text, " \t");
    }
}

/* The processors that `--march any` compiles for: one for each width of the runtime's kernels, the narrowest being what
 * every processor of this kind is. */
#if defined __x86_64__
static const char *const any[] = {"x86-64-v4", "x86-64-v3", "x86-64"};
#else
static const char *const any[] = {"armv8-a"};
#endif
enum { MOST_VARIANTS = sizeof any / sizeof *any };

/* The compiler, and the options that it has in every command. */
static Words begin_command(Arena *arena, const CcRequest *request, const char *output)
{
    Words words = {0};
    add_words(arena, &words, request->compiler);
    if (!words.count)
        vec_push(arena, words, "cc");
    vec_push(arena, words, "-pthread");
    vec_push(arena, words, "-o");
    vec_push(arena, words, output);
    return words;
}

/* C to an object. */
static Words compile_command(Arena *arena, const CcRequest *request, const Runtime *runtime, const char *march,
                             const char *c, const char *object)
{
    Words words = begin_command(arena, request, object);
    /* Nothing but the written fused multiply-adds may be fused, or the bits would depend on the compiler. The kernels
     * spell their vectors out: -O3 would only take longer. Loops begin where the processor's cache of decoded
     * instructions has a line begin: a thread that shares its core gets every other line of it, and one line more was
     * a third of a kernel's time. */
    add_words(arena, &words, "-std=gnu11 -O2 -falign-loops=64 -ffp-contract=off -c");
    vec_push(arena, words, arena_printf(arena, "-march=%s", march));
    vec_push(arena, words, "-include");
    vec_push(arena, words, arena_printf(arena, "%s/variant.h", runtime->include[0]));
    for (int i = 0; i < 2; i++)
        if (runtime->include[i])
            vec_push(arena, words, arena_printf(arena, "-I%s", runtime->include[i]));
    vec_push(arena, words, c);
    vec_push(arena, words, NULL);
    return words;
}

/* Objects and the runtime to a trainer. */
static Words link_command(Arena *arena, const CcRequest *request, const Runtime *runtime, const Words *objects,
                          const char *program)
{
    Words words = begin_command(arena, request, program);
    if (request->whole)
        vec_push(arena, words, "-static");
    for (int i = 0; i < objects->count; i++)
        vec_push(arena, words, objects->at[i]);
    if (request->whole)
        vec_push(arena, words, runtime->whole);
    vec_push(arena, words, runtime->archive);
    add_words(arena, &words, NETC_LINK_FLAGS);
    vec_push(arena, words, "-lm");
    vec_push(arena, words, NULL);
    return words;
}

/* Runs a command and waits for it: its wait status, or -1 with errno when it could not be started. A pipe that closes
 * on exec brings errno back from the child. Ctrl-C ends the compiler, and us only after we have cleaned up. */
static int run(char *const *words)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC))
        fail_system("cannot make a pipe: %s", strerror(errno));
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt;
    sigaction(SIGINT, &ignore, &interrupt);
    pid_t child = fork();
    if (child < 0)
        fail_system("cannot start a process: %s", strerror(errno));
    if (child == 0) {
        sigaction(SIGINT, &interrupt, NULL);
        execvp(words[0], words);
        int why = errno;
        if (write(report[1], &why, sizeof why) < 0)
            _exit(126);
        _exit(127);
    }
    close(report[1]);
    int why = 0, status = 0;
    ssize_t got = read(report[0], &why, sizeof why);
    close(report[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    sigaction(SIGINT, &interrupt, NULL);
    if (got == sizeof why) {
        errno = why;
        return -1;
    }
    return status;
}

static bool write_all(int file, const char *text)
{
    size_t left = strlen(text);
    while (left) {
        ssize_t wrote = write(file, text, left);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        text += wrote;
        left -= (size_t)wrote;
    }
    return true;
}

/* Runs one of the compiler's commands. False after saying what went wrong. */
static bool run_compiler(const CcRequest *request, const Words *words)
{
    if (request->verbose)
        for (int i = 0; i < words->count - 1; i++)
            fprintf(stderr, "%s%c", words->at[i], i == words->count - 2 ? '\n' : ' ');
    int status = run((char *const *)words->at);
    if (status == -1 && errno == ENOENT)
        fprintf(stderr, "netc: there is no C compiler '%s' here: install gcc or clang, name another with --cc, or use "
                        "'netc run', which needs none\n", words->at[0]);
    else if (status == -1)
        fprintf(stderr, "netc: cannot run '%s': %s\n", words->at[0], strerror(errno));
    else if (WIFSIGNALED(status))
        fprintf(stderr, "netc: '%s' was ended by signal %d\n", words->at[0], WTERMSIG(status));
    else if (WEXITSTATUS(status))
        fprintf(stderr, "netc: '%s' failed with exit code %d (-v shows the command, --keep-c keeps the C)\n",
                words->at[0], WEXITSTATUS(status));
    return status == 0;
}

/* A C file that is written already to a trainer: an object for each processor, and these together. */
static bool compile_file(Arena *arena, const CcRequest *request, const char *c, const char *program)
{
    Runtime runtime;
    if (!find_runtime(arena, &runtime))
        return false;
    const bool all = !strcmp(request->march, "any");
    Words objects = {0};
    bool done = true;
    for (int i = 0; done && i < (all ? MOST_VARIANTS : 1); i++) {
        const char *march = all ? any[i] : request->march, *object = arena_printf(arena, "%s.%d.o", program, i);
        const Words words = compile_command(arena, request, &runtime, march, c, object);
        vec_push(arena, objects, object);
        done = run_compiler(request, &words);
    }
    if (done) {
        const Words words = link_command(arena, request, &runtime, &objects, program);
        done = run_compiler(request, &words);
        if (!done && request->whole)
            fprintf(stderr, "netc: --static needs the static form of the C library that netc itself was built with "
                            "(Debian: libc6-dev)\n");
    }
    for (int i = 0; i < objects.count; i++)
        unlink(objects.at[i]);
    return done;
}

bool cc_build(Arena *arena, const CcRequest *request)
{
    char *c = arena_printf(arena, "%s.XXXXXX.c", request->output);
    int file = mkstemps(c, 2);
    if (file < 0) {
        fprintf(stderr, "netc: cannot write beside '%s': %s\n", request->output, strerror(errno));
        return false;
    }
    const char *program = arena_copy(arena, c, strlen(c) - 2);
    bool done = write_all(file, request->text);
    mode_t mask = umask(0);
    umask(mask);
    fchmod(file, 0666 & ~mask);
    done = close(file) == 0 && done;
    if (!done)
        fprintf(stderr, "netc: cannot write '%s': %s\n", c, strerror(errno));
    done = done && compile_file(arena, request, c, program);
    if (done && rename(program, request->output)) {
        fprintf(stderr, "netc: cannot write '%s': %s\n", request->output, strerror(errno));
        done = false;
    }
    if (!done)
        unlink(program);
    if (!request->keep_c)
        unlink(c);
    else if (rename(c, arena_printf(arena, "%s.c", request->output)))
        fprintf(stderr, "netc: the C stays in '%s': %s\n", c, strerror(errno));
    return done;
}
