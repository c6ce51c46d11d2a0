#include "cc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/text.h"
#include "base/vec.h"
#include "child.h"
#include "config.h"
#include "system/draft.h"
#include "system/printable.h"

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
        nc_print_to(stderr, "netc: the runtime is not there: '%s' is missing; install netc, or set NETC_HOME to the "
                            "folder that has include/netc and lib/netc\n", missing);
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
     * a third of a kernel's time. They also say themselves which loops are unrolled: clang would unroll what it
     * unrolled already, for eight times the time and no gain. */
    add_words(arena, &words, "-std=gnu11 -falign-loops=64 -fno-unroll-loops -ffp-contract=off -c");
    vec_push(arena, words, request->optimize ? request->optimize : "-O2");
    vec_push(arena, words, arena_printf(arena, "-march=%s", march));
    if (request->archive)
        vec_push(arena, words, arena_printf(arena, "-I%s", request->archive));
    if (request->shared || request->archive) {
        vec_push(arena, words, "-fPIC");
    } else {
#ifdef __GLIBC__
        if (!request->whole)
            vec_push(arena, words, "-DNC_WANTS_GLIBC");
#endif
        vec_push(arena, words, "-include");
        vec_push(arena, words, arena_printf(arena, "%s/variant.h", runtime->include[0]));
    }
    for (int i = 0; i < 2; i++)
        if (runtime->include[i])
            vec_push(arena, words, arena_printf(arena, "-I%s", runtime->include[i]));
    vec_push(arena, words, c);
    vec_push(arena, words, NULL);
    return words;
}

/* A file of the runtime that is compiled where the trainer is: libc.c, what the runtime calls of the C library and the
 * compiler's own one may lack; mpi.c, what carries the exchange between processes, for the MPI that is here. */
static Words runtime_command(Arena *arena, const CcRequest *request, const Runtime *runtime, const char *file,
                             const char *object)
{
    Words words = begin_command(arena, request, object);
    add_words(arena, &words, "-std=gnu11 -O2 -c");
    vec_push(arena, words, arena_printf(arena, "%s/%s", runtime->include[0], file));
    vec_push(arena, words, NULL);
    return words;
}

/* A library's text to a program of WebAssembly, in one go: with vectors, and without any library. */
static Words wasm_command(Arena *arena, const CcRequest *request, const Runtime *runtime, const char *c,
                          const char *program)
{
    Words words = {0};
    add_words(arena, &words, request->compiler);
    add_words(arena, &words, "--target=wasm32 -std=gnu11 -O2 -fno-unroll-loops -ffp-contract=off -ffreestanding "
                             "-nostdlib -msimd128 -mbulk-memory -Wl,--no-entry "
                             "-Wl,--export=__heap_base -Wl,--export=model_predict "
                             "-Wl,--export-if-defined=model_prepare -isystem");
    vec_push(arena, words, arena_printf(arena, "%s/wasm", runtime->include[0]));
    vec_push(arena, words, "-o");
    vec_push(arena, words, program);
    vec_push(arena, words, c);
    vec_push(arena, words, NULL);
    return words;
}

/* Objects to an archive. */
static Words archive_command(Arena *arena, const Words *objects, const char *archive)
{
    Words words = {0};
    add_words(arena, &words, "ar rcsD");
    vec_push(arena, words, archive);
    for (int i = 0; i < objects->count; i++)
        vec_push(arena, words, objects->at[i]);
    vec_push(arena, words, NULL);
    return words;
}

/* Objects and the runtime to a trainer. */
static Words link_command(Arena *arena, const CcRequest *request, const Runtime *runtime, const Words *objects,
                          const char *program)
{
    Words words = begin_command(arena, request, program);
    if (request->shared) /* all that it calls is in the program that loads it, even the C library */
        add_words(arena, &words, "-shared -nostdlib");
    if (request->whole)
        add_words(arena, &words, "-static -Wl,-z,stack-size=8388608"); /* of a thread: musl's are small */
    for (int i = 0; i < objects->count; i++)
        vec_push(arena, words, objects->at[i]);
    if (request->whole)
        vec_push(arena, words, runtime->whole);
    if (!request->shared) {
        vec_push(arena, words, runtime->archive);
        add_words(arena, &words, NETC_LINK_FLAGS);
        vec_push(arena, words, "-lm");
    }
    vec_push(arena, words, NULL);
    return words;
}

/* ---- Where it works ---------------------------------------------------------------------------------------------- */

#define WORKSHOP "netc-build-"

/* What the compiler reads and writes there. */
enum { TEXT, PROGRAM, LIBC, MPI, KERNELS, PTX, OBJECT, FILES = OBJECT + MOST_VARIANTS };

/* A folder for the compiler, so that it sees only names of netc's own, and may write its files as it likes. It is held
 * and cleaned as unfinished files are (draft.h). */
typedef struct Workshop {
    const char *folder;
    int lock, slots[FILES + 1]; /* of the folder and its files */
} Workshop;

static const char *file_of(Arena *arena, const char *folder, int file)
{
    return file == TEXT      ? arena_printf(arena, "%s/trainer.c", folder)
           : file == PROGRAM ? arena_printf(arena, "%s/trainer", folder)
           : file == LIBC    ? arena_printf(arena, "%s/libc.o", folder)
           : file == MPI     ? arena_printf(arena, "%s/mpi.o", folder)
           : file == KERNELS ? arena_printf(arena, "%s/kernels.cu", folder)
           : file == PTX     ? arena_printf(arena, "%s/kernels.ptx", folder)
                             : arena_printf(arena, "%s/trainer.%d.o", folder, file - OBJECT);
}

static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] == '/' ? folder : "/tmp";
}

static void remove_file(int folder, const char *name)
{
    unlinkat(folder, name, 0);
}

/* Of a dead netc of the same user. */
static void clean_workshop(int folder, const char *name)
{
    struct stat status;
    if (strncmp(name, WORKSHOP, strlen(WORKSHOP)))
        return;
    int left = nc_open_left(folder, name);
    if (left >= 0 && fstat(left, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid()) {
        nc_clean_folder(left, ".", remove_file);
        unlinkat(folder, name, AT_REMOVEDIR);
    }
    if (left >= 0)
        close(left);
}

static void close_workshop(Workshop *shop)
{
    nc_clean_folder(AT_FDCWD, shop->folder, remove_file);
    rmdir(shop->folder);
    for (int i = 0; i <= FILES; i++)
        nc_keep(shop->slots[i]);
    close(shop->lock);
}

static void open_workshop(Arena *arena, Workshop *shop)
{
    nc_clean_folder(AT_FDCWD, temporary_folder(), clean_workshop);
    for (;;) {
        char *folder = arena_printf(arena, "%s/" WORKSHOP "XXXXXX", temporary_folder());
        if (!mkdtemp(folder))
            fail_system("cannot make a folder in '%s': %s; TMPDIR names another", temporary_folder(), strerror(errno));
        shop->folder = folder;
        for (int i = 0; i <= FILES; i++) /* the folder first: what is told last is removed first */
            shop->slots[i] = nc_remove_at_end(i == 0 ? folder : file_of(arena, folder, i - 1));
        shop->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (shop->lock >= 0 && nc_hold(shop->lock))
            return;
        close_workshop(shop); /* another netc took it for a dead one's */
    }
}

/* ---- The compiler ------------------------------------------------------------------------------------------------ */

/* Runs one of the compiler's commands. False after saying what went wrong. */
static bool run_compiler(const CcRequest *request, const Words *words)
{
    if (request->verbose)
        for (int i = 0; i < words->count - 1; i++)
            nc_print_to(stderr, "%s%c", words->at[i], i == words->count - 2 ? '\n' : ' ');
    int status = child_run((char *const *)words->at, -1, -1);
    if (request->wasm && (status == -1 ? errno == ENOENT : WIFEXITED(status) && WEXITSTATUS(status)))
        nc_print_to(stderr, "netc: '%s' %s: a page needs a clang that makes WebAssembly, and wasm-ld (Debian: clang, "
                            "lld); --cc names another clang, -v shows the command\n", words->at[0],
                    status == -1 ? "is not there" : "failed");
    else if (status == -1 && errno == ENOENT && request->archive && !strcmp(words->at[0], "ar"))
        nc_print_to(stderr, "netc: there is no program 'ar' here, which makes archives (Debian: binutils)\n");
    else if (status == -1 && errno == ENOENT)
        nc_print_to(stderr, "netc: there is no C compiler '%s' here: install gcc or clang, name another with --cc, or "
                            "use 'netc run', which needs none\n", words->at[0]);
    else if (status == -1)
        nc_print_to(stderr, "netc: cannot run '%s': %s\n", words->at[0], strerror(errno));
    else if (WIFSIGNALED(status))
        nc_print_to(stderr, "netc: '%s' was ended by signal %d\n", words->at[0], WTERMSIG(status));
    else if (WEXITSTATUS(status))
        nc_print_to(stderr, "netc: '%s' failed with exit code %d (-v shows the command, --keep-c keeps the C)\n",
                    words->at[0], WEXITSTATUS(status));
    return status == 0;
}

/* A C file that is written already to a trainer: an object for each processor, and these together. */
static bool compile_file(Arena *arena, const CcRequest *request, const char *folder)
{
    Runtime runtime;
    if (!find_runtime(arena, &runtime))
        return false;
    if (request->wasm) {
        const Words words = wasm_command(arena, request, &runtime, file_of(arena, folder, TEXT),
                                         file_of(arena, folder, PROGRAM));
        return run_compiler(request, &words);
    }
    const bool all = !strcmp(request->march, "any");
    Words objects = {0};
    bool done = true;
    for (int i = 0; done && i < (all ? MOST_VARIANTS : 1); i++) {
        const char *march = all ? any[i] : request->march, *object = file_of(arena, folder, OBJECT + i);
        const Words words = compile_command(arena, request, &runtime, march, file_of(arena, folder, TEXT), object);
        vec_push(arena, objects, object);
        done = run_compiler(request, &words);
    }
    if (done && request->archive) {
        const Words words = archive_command(arena, &objects, file_of(arena, folder, PROGRAM));
        return run_compiler(request, &words);
    }
    if (done && request->whole) {
        const char *object = file_of(arena, folder, LIBC);
        const Words words = runtime_command(arena, request, &runtime, "libc.c", object);
        vec_push(arena, objects, object);
        done = run_compiler(request, &words);
    }
    if (done && request->mpi) {
        const char *object = file_of(arena, folder, MPI);
        const Words words = runtime_command(arena, request, &runtime, "mpi.c", object);
        vec_push(arena, objects, object);
        done = run_compiler(request, &words);
        if (!done)
            nc_print_to(stderr, "netc: --mpi needs the compiler of an MPI (Debian: libmpich-dev or libopenmpi-dev); "
                                "--cc names one that is not called mpicc\n");
    }
    if (done) {
        const Words words = link_command(arena, request, &runtime, &objects, file_of(arena, folder, PROGRAM));
        done = run_compiler(request, &words);
        if (!done && request->whole)
            nc_print_to(stderr, "netc: --static needs the static form of a C library: glibc's (Debian: libc6-dev), or "
                                "with --cc musl-gcc musl's (Debian: musl-tools)\n");
    }
    return done;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static bool refuse(const char *path, int error)
{
    nc_print_to(stderr, "netc: cannot write '%s': %s\n", path, strerror(error));
    return false;
}

static bool write_text(const char *path, const char *text)
{
    int error = nc_write_text(path, text);
    return !error || refuse(path, error);
}

/* Copies what the compiler has made to `to`: 0, or an errno, of the reading alone; -1 after saying that there is
 * nothing. */
static int copy_program(const char *program, FILE *to)
{
    char bytes[1 << 16];
    size_t got;
    FILE *from = fopen(program, "rb");
    if (!from) {
        nc_print_to(stderr, "netc: the compiler has written no program: %s\n", strerror(errno));
        return -1;
    }
    while ((got = fread(bytes, 1, sizeof bytes, from)) > 0)
        fwrite(bytes, 1, got, to);
    bool failed = ferror(from);
    fclose(from);
    return failed ? EIO : 0;
}

static bool place_program(const char *program, struct nc_draft *output, const char *path)
{
    int error = copy_program(program, output->file);
    if (!error)
        error = nc_draft_finish(output, 0);
    return !error || (error > 0 && refuse(path, error));
}

bool cc_build(Arena *arena, const CcRequest *request)
{
    Workshop shop;
    struct nc_draft output;
    int error = nc_draft_open(&output, request->output, 1); /* now: not after the compiler has worked */
    if (error)
        return refuse(request->output, error);
    open_workshop(arena, &shop);
    bool done = write_text(file_of(arena, shop.folder, TEXT), request->text);
    if (done && request->keep_c)
        done = write_text(arena_printf(arena, "%s.c", request->output), request->text);
    done = done && compile_file(arena, request, shop.folder) &&
           place_program(file_of(arena, shop.folder, PROGRAM), &output, request->output);
    nc_draft_drop(&output);
    close_workshop(&shop);
    return done;
}

bool cc_object(Arena *arena, const CcRequest *request, int to)
{
    CcRequest own = *request;
    Workshop shop;
    own.shared = true;
    child_group();
    open_workshop(arena, &shop);
    setenv("TMPDIR", shop.folder, 1); /* so that what a killed compiler leaves goes with the folder */
    bool done = write_text(file_of(arena, shop.folder, TEXT), own.text) && compile_file(arena, &own, shop.folder);
    FILE *file = done ? fdopen(dup(to), "wb") : NULL;
    done = file && copy_program(file_of(arena, shop.folder, PROGRAM), file) == 0;
    if (file && fclose(file) == EOF)
        done = false;
    close_workshop(&shop);
    return done && !child_ended();
}

/* Where the shell finds a program; NULL: it finds none. */
static const char *find_program(Arena *arena, const char *word, struct stat *status)
{
    const char *path = getenv("PATH");
    if (strchr(word, '/'))
        return stat(word, status) == 0 && S_ISREG(status->st_mode) && access(word, X_OK) == 0 ? word : NULL;
    for (path = path && *path ? path : "/bin:/usr/bin"; *path;) {
        const size_t length = strcspn(path, ":");
        const char *whole = arena_printf(arena, "%.*s/%s", length ? (int)length : 1, length ? path : ".", word);
        if (stat(whole, status) == 0 && S_ISREG(status->st_mode) && access(whole, X_OK) == 0)
            return whole;
        path += length + (path[length] == ':');
    }
    return NULL;
}

/* The whole of a file, or NULL after saying why not. */
static const char *read_text(Arena *arena, const char *path)
{
    char bytes[1 << 12];
    size_t got;
    Text text = text_new(arena);
    FILE *file = fopen(path, "rb");
    while (file && (got = fread(bytes, 1, sizeof bytes, file)) > 0)
        text_add_bytes(&text, bytes, got);
    const bool failed = !file || ferror(file);
    if (failed)
        nc_print_to(stderr, "netc: the compiler of CUDA has written nothing: %s\n", strerror(errno));
    if (file)
        fclose(file);
    return failed ? NULL : text.bytes;
}

const char *cc_ptx(Arena *arena, const char *kernels, const char *architecture)
{
    Workshop shop;
    struct stat status;
    const char *nvcc = find_program(arena, "nvcc", &status), *ptx = NULL;
    if (!nvcc)
        return NULL;
    open_workshop(arena, &shop);
    const char *from = file_of(arena, shop.folder, KERNELS), *to = file_of(arena, shop.folder, PTX);
    char *words[] = {arena_copy(arena, nvcc, strlen(nvcc)), "-ptx", arena_printf(arena, "-arch=%s", architecture), "-o",
                     arena_copy(arena, to, strlen(to)), arena_copy(arena, from, strlen(from)), NULL};
    if (write_text(from, kernels)) {
        const int ended = child_run(words, -1, -1);
        if (ended)
            nc_print_to(stderr, "netc: '%s' does not compile the kernels for %s: the trainer will have NVRTC do so\n",
                        nvcc, architecture);
        else
            ptx = read_text(arena, to);
    }
    close_workshop(&shop);
    return ptx;
}

const char *cc_identity(Arena *arena, const char *compiler)
{
    Text text = text_new(arena);
    Words words = {0};
    add_words(arena, &words, compiler);
    if (!words.count)
        vec_push(arena, words, "cc");
    for (int i = 0; i < words.count; i++) {
        struct stat status;
        const char *path = *words.at[i] == '-' ? NULL : find_program(arena, words.at[i], &status);
        if (!path && i == 0)
            return NULL;
        text_printf(&text, "%s", path ? path : words.at[i]);
        if (path)
            text_printf(&text, " %lld %lld.%09ld", (long long)status.st_size, (long long)status.st_mtim.tv_sec,
                        status.st_mtim.tv_nsec);
        text_add(&text, "\n");
    }
    return text.bytes;
}
