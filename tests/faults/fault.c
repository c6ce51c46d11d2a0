/* fault.c: makes one call of a program fail, the n-th of its kind. faults_test.py loads it with LD_PRELOAD.
 *
 *     FAULT_CALL=malloc|read|...  the kind that fails: an allocation; "start", of a thread or process; or a
 *                                 system call of those in `calls`
 *     FAULT_AT=N                  which of them fails, from 1; 0: none, they are only counted
 *     FAULT_ERRNO=E               the number of the error it fails with (an allocation: ENOMEM)
 *     FAULT_SHORT=1               a read or write is not refused but cut to its half (at least one byte)
 *     FAULT_COUNT=PATH            where the count is written when the program ends; its second number is 1 where the
 *                                 call was reached
 *
 * Allocations are counted in malloc, calloc, realloc and their kin, which take the library's place. System calls are
 * counted in the kernel's door, so that none hides inside the C library: a seccomp filter sends SIGSYS for the calls of
 * FAULT_CALL that come from libc's own text, and the handler makes the call itself, or fails it. The filter stays over
 * exec, but there libc stands elsewhere: the compiler that `netc build` starts runs undisturbed. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { MOST_NUMBERS = 6 };

/* The system calls behind a name. */
static const struct call {
    const char *name;
    int numbers[MOST_NUMBERS], count;
} calls[] = {
    {"read", {SYS_read, SYS_pread64, SYS_readv}, 3},
    {"write", {SYS_write, SYS_pwrite64, SYS_writev}, 3},
    {"open", {SYS_open, SYS_openat}, 2},
    {"rename", {SYS_rename, SYS_renameat, SYS_renameat2}, 3},
    {"fsync", {SYS_fsync, SYS_fdatasync}, 2},
    {"close", {SYS_close}, 1},
    {"stat", {SYS_stat, SYS_fstat, SYS_lstat, SYS_newfstatat, SYS_statx}, 5},
    {"access", {SYS_access, SYS_faccessat, SYS_faccessat2}, 3},
    {"mmap", {SYS_mmap}, 1},
    {"mkdir", {SYS_mkdir, SYS_mkdirat}, 2},
    {"ftruncate", {SYS_ftruncate, SYS_fallocate}, 2},
    {"getdents", {SYS_getdents64}, 1},
    {"unlink", {SYS_unlink, SYS_unlinkat}, 2},
    {"lseek", {SYS_lseek}, 1},
};

static const struct call *call; /* NULL: allocations or starts are counted */
static int starts;
static long long at;
static int error;
static int shortened;
static int ready;
static pid_t self;
static const char *count_path;
static atomic_llong counted;
static atomic_int reached;

/* Whether this call is the one. */
static int fails(void)
{
    if (!ready || atomic_fetch_add(&counted, 1) + 1 != at)
        return 0;
    atomic_store(&reached, 1);
    return 1;
}

/* ---- Allocations ------------------------------------------------------------------------------------------------ */

/* The C library's own. */
void *memalign(size_t alignment, size_t size);
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static int no_memory(void)
{
    if (call || starts || !fails())
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return no_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return no_memory() ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || no_memory())
        return errno = ENOMEM, NULL;
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (no_memory())
        return ENOMEM;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

/* ---- Threads and processes -------------------------------------------------------------------------------------- */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (starts && fails())
        return EAGAIN;
    next = dlsym(RTLD_NEXT, "pthread_create");
    return next(thread, attributes, function, argument);
}

pid_t fork(void)
{
    static pid_t (*next)(void);
    if (starts && fails())
        return errno = EAGAIN, -1;
    next = dlsym(RTLD_NEXT, "fork");
    return next();
}

/* ---- System calls ----------------------------------------------------------------------------------------------- */

/* The call itself, from this library's text, which the filter lets through. */
static long make_call(const greg_t *r)
{
    register long r10 __asm__("r10") = r[REG_R10], r8 __asm__("r8") = r[REG_R8], r9 __asm__("r9") = r[REG_R9];
    long result = r[REG_RAX];
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(r[REG_RDI]), "S"(r[REG_RSI]), "d"(r[REG_RDX]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static int is_own(void)
{
    long result = SYS_getpid;
    __asm__ volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
    return result == self;
}

static void on_call(int signal, siginfo_t *info, void *context)
{
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)signal;
    r[REG_RAX] = info->si_syscall;
    if (is_own() && fails()) {
        if (!shortened) {
            if (info->si_syscall == SYS_close) /* which closes all the same */
                make_call(r);
            r[REG_RAX] = -error;
            return;
        }
        if (r[REG_RDX] > 1)
            r[REG_RDX] /= 2;
    }
    r[REG_RAX] = make_call(r);
}

struct text {
    uintptr_t begin, end;
};

/* The executable segment of libc. */
static int find_libc(struct dl_phdr_info *object, size_t size, void *found)
{
    struct text *text = found;
    (void)size;
    if (!strstr(object->dlpi_name, "/libc.so"))
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
            text->begin = object->dlpi_addr + segment->p_vaddr;
            text->end = text->begin + segment->p_memsz;
        }
    }
    return 1;
}

static void die(const char *why)
{
    fprintf(stderr, "fault.c: %s: %s\n", why, strerror(errno));
    _exit(99);
}

static void install_filter(char **words)
{
    struct text text = {0};
    dl_iterate_phdr(find_libc, &text);
    if (!text.begin)
        die("there is no libc.so");
    if (text.begin >> 32 != (text.end - 1) >> 32) /* the filter compares 32 bits: another start, another place */
        execv("/proc/self/exe", words);
    struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
    if (sigaction(SIGSYS, &action, NULL))
        die("sigaction");
    struct sock_filter code[2 * MOST_NUMBERS + 16];
    unsigned short n = 0;
    const unsigned high = offsetof(struct seccomp_data, instruction_pointer) + 4, low = high - 4;
    const unsigned char test = (unsigned char)(call->count + 5);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, high);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(text.begin >> 32), 0, test - 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned)text.begin, 0, test - 3);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned)text.end, test - 4, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < call->count; i++)
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call->numbers[i],
                                                 (unsigned char)(call->count - i), 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    struct sock_fprog program = {n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        die("seccomp");
}

/* ---- The frame -------------------------------------------------------------------------------------------------- */

static void write_count(void)
{
    ready = 0;
    if (!count_path || getpid() != self)
        return;
    char text[64];
    int length = snprintf(text, sizeof text, "%lld %d\n", (long long)counted, (int)reached);
    int file = open(count_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || write(file, text, (size_t)length) != length)
        _exit(98);
    close(file);
}

__attribute__((constructor)) static void begin(int count, char **words)
{
    (void)count;
    const char *name = getenv("FAULT_CALL"), *number = getenv("FAULT_AT"), *with = getenv("FAULT_ERRNO");
    if (!name)
        return;
    count_path = getenv("FAULT_COUNT");
    at = number ? atoll(number) : 0;
    error = with ? atoi(with) : EIO;
    shortened = getenv("FAULT_SHORT") != NULL;
    self = getpid();
    starts = !strcmp(name, "start");
    if (strcmp(name, "malloc") && !starts) {
        for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
            if (!strcmp(calls[i].name, name))
                call = &calls[i];
        if (!call)
            die(name);
        install_filter(words);
    }
    unsetenv("FAULT_CALL"); /* what the program starts runs undisturbed */
    atexit(write_count);
    ready = 1;
}
