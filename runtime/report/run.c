/* A run as its log has left it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"
#include "system/draft.h"

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

void nc_report_read_run(const char *path, struct nc_report_run *r)
{
    char table[NC_PATH];
    struct stat status;
    *r = (struct nc_report_run){0};
    if (stat(path, &status) != 0)
        nc_fail(NULL, NULL, "cannot read %s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        snprintf(table, sizeof table, "%s", path);
    else if (!newest_table(path, table))
        nc_fail(NULL, "a run is the folder that `log` names, or a scalars.csv", "%s has no scalars.csv: it is no log "
                "of a run", path);
    const int error = nc_report_read_table(table, &r->scalars);
    if (error == EINVAL)
        nc_fail(NULL, NULL, "%s is no table of scalars: it does not begin with epoch,step", table);
    if (error != 0)
        nc_fail(NULL, NULL, "cannot read %s: %s", table, strerror(error));
    r->label = r->name = run_name(table);
}

void nc_report_free_run(struct nc_report_run *r)
{
    free(r->name);
    nc_report_free_table(&r->scalars);
}
