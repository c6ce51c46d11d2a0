/* nvrtc.c: a libnvrtc.so.13 that has a C++ compiler make a shared library of the kernels. The "PTX" is its path:
 * it lies beside this library, for the next program with the same kernels. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

struct program {
    char *text, path[4096];
};

static const char before[] =
    "#include <cmath>\n#include <cstddef>\n#include <utility>\nusing namespace std;\n"
    "#define __global__\n#define __device__\n#define __shared__ static\n#define __constant__ static\n"
    "extern \"C\" { extern struct axes { unsigned x, y, z; } blockIdx, threadIdx, blockDim;\n"
    "void __syncthreads(void); }\n"
    "template <class... A, size_t... I> void call(void (*f)(A...), void **a, index_sequence<I...>)\n"
    "{ f(*(A *)a[I]...); }\n"
    "template <class... A> void call(void (*f)(A...), void **a) { call(f, a, index_sequence_for<A...>()); }\n"
    "template <class... A> constexpr int count_of(void (*)(A...)) { return sizeof...(A); }\n"
    "#define EXPORT(name) static void call_##name(void **a) { call(name, a); }\\\n"
    "    extern \"C\" struct { void (*call)(void **); int count; } function_##name;\\\n"
    "    decltype(function_##name) function_##name = {call_##name, count_of(name)};\n";

int nvrtcCreateProgram(void **program, const char *text, const char *name, int headers, const char *const *texts,
                       const char *const *names)
{
    CALLED;
    want(headers == 0 && texts == NULL && names == NULL && name != NULL, "headers");
    struct program *p = calloc(1, sizeof *p);
    p->text = strdup(text);
    *program = p;
    return 0;
}

int nvrtcCompileProgram(void *program, int count, const char *const *options)
{
    CALLED;
    struct program *p = program;
    char source[5000], command[20000];
    want(count >= 1 && !strncmp(options[0], "--gpu-architecture=compute_80", 29), "another architecture");
    Dl_info own;
    want(dladdr((void *)nvrtcCompileProgram, &own) != 0, "this library is nowhere");
    unsigned long long digest = 14695981039346656037u;
    for (const char *at = p->text; *at; at++)
        digest = (digest ^ (unsigned char)*at) * 1099511628211u;
    snprintf(p->path, sizeof p->path, "%.*s%llx.so", (int)(strrchr(own.dli_fname, '/') + 1 - own.dli_fname),
             own.dli_fname, digest);
    if (access(p->path, R_OK) == 0)
        return 0;
    snprintf(source, sizeof source, "%s.cpp", p->path);
    FILE *file = fopen(source, "w");
    if (!file)
        return 1;
    fprintf(file, "%s%s\n", before, p->text);
    for (const char *at = p->text; (at = strstr(at, "\nKERNEL ")) != NULL;) {
        at += strlen("\nKERNEL ");
        fprintf(file, "EXPORT(%.*s)\n", (int)strcspn(at, "("), at);
    }
    fclose(file);
    snprintf(command, sizeof command, "${CXX:-c++} -std=c++14 -O0 -w -shared -fPIC -o %s %s %s", p->path, source,
             own.dli_fname);
    const int status = system(command);
    unlink(source);
    return status ? 6 : 0;
}

int nvrtcGetPTXSize(void *program, size_t *size)
{
    *size = strlen(((struct program *)program)->path) + 1;
    return 0;
}

int nvrtcGetPTX(void *program, char *ptx)
{
    strcpy(ptx, ((struct program *)program)->path);
    return 0;
}

int nvrtcGetProgramLogSize(void *program, size_t *size)
{
    (void)program;
    *size = 1;
    return 0;
}

int nvrtcGetProgramLog(void *program, char *log)
{
    (void)program;
    *log = '\0';
    return 0;
}

int nvrtcDestroyProgram(void **program)
{
    CALLED;
    struct program *p = *program;
    free(p->text);
    free(p);
    *program = NULL;
    return 0;
}
