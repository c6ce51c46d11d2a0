/* A run as its log has left it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "log/record.h"
#include "report.h"

enum { MOST_RECORD = 1 << 28 };

/* The newest table of a log's folder: the one with the highest number. 0: it has none. */
static int newest_table(const char *folder, char path[NC_PATH])
{
    long long best = 0;
    DIR *open = opendir(folder);
    if (open == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        long long number = 1;
        int end = 0;
        if (strcmp(entry->d_name, "scalars.csv") != 0 &&
            (sscanf(entry->d_name, "scalars_%lld.csv%n", &number, &end) != 1 || end == 0 ||
             entry->d_name[end] != '\0'))
            continue;
        if (number > best && snprintf(path, NC_PATH, "%s/%s", folder, entry->d_name) < NC_PATH)
            best = number;
    }
    closedir(open);
    return best > 0;
}

/* "logs" of logs/scalars.csv; with the number of a later run there, "logs, run 2". */
static char *run_name(const char *table)
{
    char folder[NC_PATH], name[NC_PATH + 32];
    const char *underscore = strrchr(table, '_');
    nc_folder_of(table, folder);
    const char *slash = strrchr(folder, '/');
    const char *own = slash != NULL && slash[1] != '\0' ? slash + 1 : folder;
    snprintf(name, sizeof name, "%s", own);
    if (underscore != NULL && strchr(underscore, '/') == NULL && atoi(underscore + 1) > 1)
        snprintf(name, sizeof name, "%s, run %d", own, atoi(underscore + 1));
    return nc_memory_text(NULL, name, strlen(name), "the report");
}

/* Of a file; 0, or an errno. free(*text). */
static int read_text(const char *path, char **text, size_t *size)
{
    FILE *file = fopen(path, "r");
    *text = NULL;
    *size = 0;
    if (file == NULL)
        return errno;
    for (size_t capacity = 0, some = 1; some > 0 && *size <= MOST_RECORD; *size += some) {
        if (*size == capacity)
            *text = nc_memory_grow(NULL, *text, (long long)(capacity = 2 * capacity + 65536), 1, "the report");
        some = fread(*text + *size, 1, capacity - *size, file);
    }
    const int error = ferror(file) ? EIO : *size > MOST_RECORD ? EFBIG : 0;
    fclose(file);
    return error;
}

/* Its record beside a table, where there is one; or why it is not shown. */
static void read_record(const char *table, struct nc_report_run *r)
{
    char path[NC_PATH], error[256];
    char *text = NULL;
    size_t size;
    if (!nc_record_path(table, path))
        return;
    const int failed = read_text(path, &text, &size);
    if (failed != 0 && failed != ENOENT)
        snprintf(r->remark, sizeof r->remark, "%s cannot be read: %s", path, strerror(failed));
    else if (failed == 0 && !nc_json_loads(error, sizeof error))
        snprintf(r->remark, sizeof r->remark, "%s is not shown: %s", path, error);
    else if (failed == 0 && !nc_json_is(r->record = nc_json_parse(text, size), cJSON_Object))
        snprintf(r->remark, sizeof r->remark, "%s is no record of a run: it is no JSON object", path);
    free(text);
    if (r->remark[0] == '\0')
        return;
    nc_json_free(r->record);
    r->record = NULL;
}

int nc_report_read_run(const char *path, struct nc_report_run *r, char why[NC_REPORT_WHY], const char **hint)
{
    char table[NC_PATH];
    struct stat status;
    *r = (struct nc_report_run){0};
    *hint = NULL;
    if (stat(path, &status) != 0) {
        snprintf(why, NC_REPORT_WHY, "cannot read %s: %s", path, strerror(errno));
        return 0;
    }
    if (!S_ISDIR(status.st_mode)) {
        snprintf(table, sizeof table, "%s", path);
    } else if (!newest_table(path, table)) {
        *hint = "a run is the folder that `log` names, or a scalars.csv";
        snprintf(why, NC_REPORT_WHY, "%s has no scalars.csv: it is no log of a run", path);
        return 0;
    }
    const int error = nc_report_read_table(table, &r->scalars);
    if (error == EINVAL)
        snprintf(why, NC_REPORT_WHY, "%s is no table of scalars: it does not begin with epoch,step", table);
    else if (error != 0)
        snprintf(why, NC_REPORT_WHY, "cannot read %s: %s", table, strerror(error));
    if (error != 0)
        return 0;
    r->label = r->name = run_name(table);
    read_record(table, r);
    return 1;
}

void nc_report_free_run(struct nc_report_run *r)
{
    free(r->name);
    nc_json_free(r->record);
    nc_report_free_table(&r->scalars);
}
