#include "download.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "md5.h"
#include "system/draft.h"
#include "unpack.h"

enum { PATH_ROOM = 4096, ADDRESS_ROOM = 2048 };

/* What curl ends with: the server refuses, or does not know, to go on in the middle of a file. */
enum { CURL_DONE = 0, CURL_REFUSED = 22, CURL_NO_RANGES = 33, CURL_BAD_RESUME = 36 };

extern char **environ;

/* A file on its way. */
struct download {
    const struct nc_remote *file;
    const char *kind, *folder;
    int show;
    char path[PATH_ROOM], partial[PATH_ROOM]; /* its place, and where its bytes come */
    char *error;
};

__attribute__((format(printf, 2, 3))) static int refuse(char *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error, NC_DOWNLOAD_ERROR, format, list);
    va_end(list);
    return 0;
}

/* Whether the file at `path` has the right sum; another one's is put in `other`. */
static int has_sum(const struct download *d, const char *path, char other[NC_MD5_TEXT])
{
    other[0] = 0;
    return nc_md5_of_file(path, other) && !strcmp(other, d->file->md5);
}

/* Runs curl, from the end of what there is. Returns its exit status; -1, with a sentence, when it cannot be run. */
static int run_curl(const struct download *d, const char *address)
{
    const char *words[24], *const common[] = {
        "curl", "--fail", "--location", "--proto", "=http,https", "--connect-timeout", "30", "--speed-limit", "100",
        "--speed-time", "60", "--continue-at", "-", "--output", d->partial, "--url", address};
    int count = 0, status;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        words[count++] = common[i];
    if (d->show == NC_DOWNLOAD_BAR) {
        words[count++] = "--progress-bar";
    } else {
        words[count++] = "--silent";
        words[count++] = "--show-error";
    }
    words[count] = NULL;
    pid_t child;
    int failed = posix_spawnp(&child, "curl", NULL, NULL, (char *const *)words, environ);
    if (failed) {
        refuse(d->error, "the program curl is needed to download %s: %s; install it, or put the file into %s yourself",
               address, strerror(failed), d->folder);
        return -1;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* One attempt: 1 when all bytes have come and their sum is right. *resumed: it began in the middle. */
static int attempt(const struct download *d, const char *address, int *resumed)
{
    char sum[NC_MD5_TEXT];
    struct stat status;
    *resumed = stat(d->partial, &status) == 0 && status.st_size > 0;
    if (*resumed && has_sum(d, d->partial, sum))
        return 1;
    if (d->show != NC_DOWNLOAD_QUIET)
        nc_print_to(stderr, "%s %s to %s\n", *resumed ? "downloads the rest of" : "downloads", address, d->path);
    int ended = run_curl(d, address);
    if (ended < 0) {
        *resumed = 0;
        return 0;
    }
    if (ended != CURL_DONE) {
        *resumed = *resumed && (ended == CURL_REFUSED || ended == CURL_NO_RANGES || ended == CURL_BAD_RESUME);
        return refuse(d->error, "cannot download %s: curl ends with the status %d", address, ended);
    }
    if (has_sum(d, d->partial, sum))
        return 1;
    unlink(d->partial);
    return refuse(d->error, "%s is not the file that is expected: its MD5 sum is %s, not %s", address, sum,
                  d->file->md5);
}

/* From one address. What cannot be gone on with, or is wrong as a whole, is fetched from its beginning. */
static int fetch_from(const struct download *d, const char *address)
{
    int resumed;
    if (attempt(d, address, &resumed))
        return 1;
    if (!resumed)
        return 0;
    unlink(d->partial);
    return attempt(d, address, &resumed);
}

static int fetch(const struct download *d)
{
    const char *mirror = getenv("NETC_MIRROR");
    char address[ADDRESS_ROOM];
    if (mirror && *mirror) {
        snprintf(address, sizeof address, "%s/%s/%s", mirror, d->kind, d->file->name);
        return fetch_from(d, address);
    }
    for (int i = 0; i < 2 && d->file->address[i]; i++) {
        snprintf(address, sizeof address, "%s%s", d->file->address[i], d->file->name);
        if (fetch_from(d, address))
            return 1;
    }
    return 0;
}

/* The folder's lock, held until it is closed; -1 with a sentence. */
static int lock(const struct download *d)
{
    int folder = open(d->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        refuse(d->error, "cannot open the folder %s: %s", d->folder, strerror(errno));
        return -1;
    }
    if (flock(folder, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
        if (d->show != NC_DOWNLOAD_QUIET)
            nc_print_to(stderr, "waits for another program that downloads to %s\n", d->folder);
        while (flock(folder, LOCK_EX) && errno == EINTR)
            ;
    }
    return folder;
}

/* `unpacked`: what is to be there in the end. */
static int fetch_and_unpack(const struct nc_run *run, const struct download *d, const char *unpacked)
{
    char sum[NC_MD5_TEXT];
    if (nc_is_there(run, d->kind, unpacked))
        return 1;
    if (!has_sum(d, d->path, sum)) {
        if (!fetch(d))
            return 0;
        if (rename(d->partial, d->path))
            return refuse(d->error, "cannot write %s: %s", d->path, strerror(errno));
    }
    return d->file->folder ? nc_unpack_tar(d->path, d->folder, d->file->folder, d->error)
                           : nc_unpack_gzip(d->path, unpacked, d->error);
}

int nc_download_file(const struct nc_run *run, const struct nc_remote *file, const char *kind, const char *folder,
                     int show, char error[NC_DOWNLOAD_ERROR])
{
    struct download d = {.file = file, .kind = kind, .folder = folder, .show = show, .error = error};
    char unpacked[PATH_ROOM];
    int without_gz = (int)strlen(file->name) - 3;
    int longest = snprintf(d.partial, PATH_ROOM, "%s/%s.part", folder, file->name);
    snprintf(d.path, PATH_ROOM, "%s/%s", folder, file->name);
    if (file->folder)
        snprintf(unpacked, PATH_ROOM, "%s/%s", folder, file->folder);
    else
        snprintf(unpacked, PATH_ROOM, "%s/%.*s", folder, without_gz, file->name);
    if (longest >= PATH_ROOM)
        return refuse(error, "the path %s/%s is too long", folder, file->name);
    const int failed = nc_make_folders(folder);
    if (failed)
        return refuse(error, "cannot make the folder %s: %s", folder, strerror(failed));
    int locked = lock(&d);
    if (locked < 0)
        return 0;
    int done = fetch_and_unpack(run, &d, unpacked);
    close(locked);
    return done;
}
