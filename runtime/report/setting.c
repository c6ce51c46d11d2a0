/* nc_report: the page of the run that writes it, anew after each epoch. */
#include <stdlib.h>
#include <string.h>

#include "log/parts.h"
#include "report.h"
#include "system/draft.h"

struct report {
    struct nc_log_part part;
    int given_up;
};

/* Finds out before the first step what won't do. */
static void open_report(struct nc_run *run, void *own)
{
    char error[256];
    (void)own;
    const char *path = run->report_name.value;
    if (path == NULL)
        return;
    const int failed = nc_draft_check(path);
    if (failed)
        nc_fail(run, "say where with `report`", "cannot write %s: %s", path, strerror(failed));
    if (!nc_json_loads(error, sizeof error))
        nc_fail(run, "or leave `report` out", "there can be no report: %s", error);
}

/* A page that can't be written is given up with one warning. */
static void write_report(struct nc_run *run, void *own)
{
    struct report *report = own;
    const char *path = run->report_name.value, *hint;
    struct nc_report_run shown;
    char why[NC_REPORT_WHY];
    if (path == NULL || report->given_up)
        return;
    if (nc_report_read_run(run->log_table, &shown, why, &hint)) {
        const int error = nc_report_write(path, &shown, 1);
        report->given_up = error != 0;
        snprintf(why, sizeof why, "cannot write %s: %s", path, strerror(error));
    } else {
        report->given_up = 1;
    }
    nc_report_free_run(&shown);
    if (report->given_up)
        nc_warn(run, "%s; there is no report any more", why);
}

void nc_report(struct nc_run *run, const char *name)
{
    struct report *report = nc_memory(run, 1, sizeof *report, "the report");
    run->reports = 1;
    nc_give_text(&run->report_name, name);
    report->part = (struct nc_log_part){.open = open_report, .epoch = write_report, .end = write_report,
                                        .close = free, .own = report};
    nc_log_add(run, &report->part);
}
