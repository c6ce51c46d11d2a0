#include "cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/md5.h"
#include "system/draft.h"
#include "system/whole.h"

#define ENDING ".so"

enum { DIGEST = NC_MD5_TEXT - 1, LARGEST = 1 << 26 };

void cache_key(const char *text, size_t length, char key[CACHE_KEY])
{
    struct nc_md5 md5;
    nc_md5_start(&md5);
    nc_md5_add(&md5, (const unsigned char *)text, length);
    nc_md5_finish(&md5, key);
}

/* Whether nobody but this user, and the system's administrator, can have written it. */
static bool is_own(const struct stat *status)
{
    return status->st_uid == geteuid() && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

/* NULL: there is none that can be trusted. `make`: it is made where it is missing. */
static const char *cache_folder(Arena *arena, bool make)
{
    struct stat status;
    const char *above = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (!above || above[0] != '/') { /* a relative one is to be ignored, by the XDG specification */
        if (!home || home[0] != '/')
            return NULL;
        above = arena_printf(arena, "%s/.cache", home);
    }
    const char *folder = arena_printf(arena, "%s/netc", above);
    if (make) {
        mkdir(above, 0700);
        mkdir(folder, 0700);
    }
    return lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) && is_own(&status) ? folder : NULL;
}

static bool read_file(Arena *arena, int file, const char **bytes, size_t *size)
{
    struct stat status;
    char digest[CACHE_KEY];
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || !is_own(&status) || status.st_size <= DIGEST ||
        status.st_size > LARGEST)
        return false;
    char *all = arena_alloc(arena, (size_t)status.st_size);
    if (nc_read_whole(file, all, (size_t)status.st_size) != 0)
        return false;
    *bytes = all;
    *size = (size_t)status.st_size - DIGEST;
    cache_key(all, *size, digest);
    return memcmp(all + *size, digest, DIGEST) == 0;
}

bool cache_read(Arena *arena, const char *key, const char **bytes, size_t *size)
{
    const char *folder = cache_folder(arena, false);
    int file = folder ? open(arena_printf(arena, "%s/%s" ENDING, folder, key),
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                      : -1;
    if (file < 0)
        return false;
    const bool whole = read_file(arena, file, bytes, size);
    if (whole)
        futimens(file, NULL); /* it is used */
    close(file);
    return whole;
}

/* Takes the file out that was not used for longest. Returns the bytes of all, and 0 where there is none to go. */
static int64_t trim(int folder, int64_t most)
{
    int64_t bytes = 0;
    char name[NAME_MAX + 1] = "";
    struct stat oldest = {0}, status;
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
    for (const struct dirent *entry; stream && (entry = readdir(stream));) {
        const size_t length = strlen(entry->d_name), ending = strlen(ENDING);
        if (length <= ending || strcmp(entry->d_name + length - ending, ENDING) != 0 ||
            fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        bytes += status.st_size;
        const bool older = status.st_mtim.tv_sec < oldest.st_mtim.tv_sec ||
                           (status.st_mtim.tv_sec == oldest.st_mtim.tv_sec &&
                            status.st_mtim.tv_nsec < oldest.st_mtim.tv_nsec);
        if (*name && !older)
            continue;
        oldest = status;
        snprintf(name, sizeof name, "%s", entry->d_name);
    }
    if (stream)
        closedir(stream);
    return bytes > most && *name && unlinkat(folder, name, 0) == 0 ? bytes : 0;
}

void cache_write(Arena *arena, const char *key, const char *bytes, size_t size, int64_t most)
{
    struct nc_draft draft;
    char digest[CACHE_KEY];
    const char *folder = cache_folder(arena, true);
    if (!folder || nc_draft_open(&draft, arena_printf(arena, "%s/%s" ENDING, folder, key), 0) != 0)
        return;
    cache_key(bytes, size, digest);
    fchmod(fileno(draft.file), 0600);
    fwrite(bytes, 1, size, draft.file);
    fwrite(digest, 1, DIGEST, draft.file);
    nc_draft_finish(&draft, 0);
    nc_draft_drop(&draft);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (file >= 0 && trim(file, most) > 0)
        ;
    if (file >= 0)
        close(file);
}
