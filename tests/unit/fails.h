/* fails.h: a call that is to end the program, tried in a child process. Also a folder for a test's files. */
#ifndef TESTS_UNIT_FAILS_H
#define TESTS_UNIT_FAILS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assertions.h"

/* Calls function(context) in a child, and keeps what it prints on standard error in `text`. Returns the child's exit
 * status, -1 if a signal killed it. A function that returns exits with 0. */
static inline int run_apart(void (*function)(void *context), void *context, char *text, size_t capacity)
{
    int ends[2], status = 0;
    size_t length = 0;
    ssize_t got;
    ck_assert_int_eq(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        function(context);
        _exit(0);
    }
    close(ends[1]);
    while (length + 1 < capacity && (got = read(ends[0], text + length, capacity - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* function(context) must end the program with status 1, saying `words` on standard error. */
static inline void expect_failure(void (*function)(void *context), void *context, const char *words)
{
    char text[8192];
    int status = run_apart(function, context, text, sizeof text);
    ck_assert_msg(status == 1 && strstr(text, words), "status %d, wanted 1 and \"%s\", but it said: %s", status, words,
                  text);
}

/* A new empty folder; its name is kept in `folder` (64 bytes). remove_folder takes it away with all that is in it. */
static inline void make_folder(char *folder)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, 64, "%s/netc-test-XXXXXX", base && strlen(base) < 40 ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static inline void remove_folder(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static inline void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

#endif
