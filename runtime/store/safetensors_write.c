/* A safetensors file of a run's parameters, with netc's records but the state of the run among its metadata. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "system/base64.h"
#include "system/json.h"
#include "checkpoint.h"
#include "tensors.h"

enum { ALIGN = 8 };

/* Its description; its elements begin at *at, which moves behind them. */
static void put_parameter(FILE *to, const struct nc_parameter *p, long long *at)
{
    long long bytes = nc_record_bytes(p);
    fputc(',', to);
    nc_json_text(to, p->name);
    fprintf(to, ":{\"dtype\":\"%s\",\"shape\":[", p->kind == NC_COUNT ? "I64" : "F32");
    for (int d = 0; d < p->rank; d++)
        fprintf(to, "%s%lld", d > 0 ? "," : "", p->shape[d]);
    fprintf(to, "],\"data_offsets\":[%lld,%lld]}", *at, *at + bytes);
    *at += bytes;
}

/* The header, ended by blanks so that the elements begin at a multiple of 8; free() it. Whole numbers of 64 bits stand
 * before the floats, as the format's own writer has them: so everything is aligned. */
static char *make_header(struct nc_run *run, const struct nc_record *records, int count, size_t *size)
{
    const struct nc_model *model = run->model;
    long long at = 0;
    char *header = NULL;
    FILE *to = nc_memory_stream(run, &header, size, "a checkpoint");
    fputs(NC_SAFETENSORS_BEGINNING, to);
    for (int i = 0; i < count; i++) {
        if (strcmp(records[i].name, NC_STATE_RECORD) == 0)
            continue;
        fprintf(to, ",\"%s\":\"", records[i].name);
        nc_put_base64(to, records[i].bytes, records[i].size);
        fputc('"', to);
    }
    fputc('}', to);
    for (int counts = 1; counts >= 0; counts--)
        for (int i = 0; i < model->parameter_count; i++)
            if ((model->parameters[i].kind == NC_COUNT) == counts)
                put_parameter(to, &model->parameters[i], &at);
    fputc('}', to);
    for (long end = ftell(to); end % ALIGN != 0; end++)
        fputc(' ', to);
    fclose(to);
    return header;
}

int nc_safetensors_write(struct nc_run *run, FILE *file, const struct nc_record *records, int count, void *dense)
{
    const struct nc_model *model = run->model;
    size_t size;
    char *header = make_header(run, records, count, &size);
    int good = nc_write_little(file, size, 8);
    good &= fwrite(header, 1, size, file) == size;
    for (int counts = 1; counts >= 0; counts--)
        for (int i = 0; i < model->parameter_count && good; i++)
            if ((model->parameters[i].kind == NC_COUNT) == counts) {
                size_t bytes = (size_t)nc_record_bytes(&model->parameters[i]);
                nc_record_gather(run, &model->parameters[i], dense);
                good = fwrite(dense, 1, bytes, file) == bytes;
            }
    free(header);
    return good ? 0 : -1;
}
