/* saved_name.c: the names of checkpoints: what `save` says, with the epoch and the steps for {epoch} and {step}. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core.h"

enum { EPOCH, STEPS, HOLES };
static const char *const holes[HOLES] = {"{epoch}", "{step}"};

/* Which hole `name` begins with; HOLES: none. */
static int hole_at(const char *name)
{
    int hole = 0;
    while (hole < HOLES && strncmp(name, holes[hole], strlen(holes[hole])) != 0)
        hole++;
    return hole;
}

int nc_save_has_hole(const char *name)
{
    for (; *name != '\0'; name++)
        if (hole_at(name) < HOLES)
            return 1;
    return 0;
}

void nc_save_path(const struct nc_run *run, const char *name, long long epoch, long long steps, char *path, size_t size)
{
    const long long numbers[HOLES] = {epoch, steps};
    size_t length = 0;
    while (*name != '\0' && length < size) {
        int hole = hole_at(name);
        if (hole < HOLES) {
            length += (size_t)snprintf(path + length, size - length, "%lld", numbers[hole]);
            name += strlen(holes[hole]);
        } else {
            path[length++] = *name++;
        }
    }
    if (length >= size)
        nc_fail(run, NULL, "the name of the checkpoint is too long");
    path[length] = '\0';
}

void nc_best_path(const struct nc_run *run, char *path, size_t size)
{
    const char *name = run->save_name.value, *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    const char *from = NULL, *to = NULL; /* what "best" stands for */
    for (const char *c = name; *c != '\0'; c++) {
        int hole = hole_at(c);
        if (hole == HOLES)
            continue;
        from = from != NULL ? from : c;
        to = c + strlen(holes[hole]);
    }
    int within = from != NULL;
    if (!within)
        from = to = dot != NULL && dot != name && (slash == NULL || dot > slash + 1) ? dot : name + strlen(name);
    int length = snprintf(path, size, "%.*s%sbest%s", (int)(from - name), name, within ? "" : "_", to);
    if (length < 0 || (size_t)length >= size)
        nc_fail(run, NULL, "the name of the checkpoint is too long");
}

static int fits(const char *name, const char *path, long long numbers[HOLES])
{
    const int hole = hole_at(name);
    if (hole == HOLES)
        return *name == *path && (*name == '\0' || fits(name + 1, path + 1, numbers));
    const long long before = numbers[hole];
    long long value = 0;
    for (int digits = 0; digits < 18 && isdigit((unsigned char)path[digits]); ) {
        value = 10 * value + path[digits++] - '0';
        numbers[hole] = value;
        if ((before < 0 || before == value) && fits(name + strlen(holes[hole]), path + digits, numbers))
            return 1;
        if (value == 0) /* no number begins with 0 */
            break;
    }
    numbers[hole] = before;
    return 0;
}

int nc_save_fits(const char *name, const char *path, long long *epoch, long long *steps)
{
    long long numbers[HOLES] = {-1, -1};
    int good = fits(name, path, numbers);
    *epoch = numbers[EPOCH];
    *steps = numbers[STEPS];
    return good;
}
