#include "events.h"

#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "event.pb-c.h"

enum { FIRST_CAPACITY = 4096 }; /* enough for a scalar, so that no step asks for memory */

uint32_t nc_crc32c(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint32_t crc = ~(uint32_t)0;
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}

uint32_t nc_masked_crc32c(const void *bytes, size_t size)
{
    uint32_t crc = nc_crc32c(bytes, size);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

/* u64 length | u32 masked CRC of the length | event | u32 masked CRC of the event */
static int frame(struct nc_event_record *record, const Netc__Event *event)
{
    const size_t size = netc__event__get_packed_size(event), wanted = size + NC_EVENT_FRAME;
    if (wanted > record->capacity) {
        const size_t capacity = wanted > FIRST_CAPACITY ? wanted : FIRST_CAPACITY;
        unsigned char *grown = realloc(record->bytes, capacity);
        if (!grown)
            return -1;
        record->bytes = grown;
        record->capacity = capacity;
    }
    unsigned char *bytes = record->bytes;
    nc_put_little(bytes, size, 8);
    nc_put_little(bytes + 8, nc_masked_crc32c(bytes, 8), 4);
    netc__event__pack(event, bytes + 12);
    nc_put_little(bytes + 12 + size, nc_masked_crc32c(bytes + 12, size), 4);
    record->size = size + NC_EVENT_FRAME;
    return 0;
}

int nc_event_version(struct nc_event_record *record, double time, long long step)
{
    Netc__Event event = NETC__EVENT__INIT;
    event.wall_time = time;
    event.step = step;
    event.what_case = NETC__EVENT__WHAT_FILE_VERSION;
    event.file_version = (char *)"brain.Event:2";
    return frame(record, &event);
}

/* An event of one value. */
static int frame_value(struct nc_event_record *record, double time, long long step, Netc__Summary__Value *value)
{
    Netc__Summary__Value *values[] = {value};
    Netc__Summary summary = NETC__SUMMARY__INIT;
    Netc__Event event = NETC__EVENT__INIT;
    summary.n_value = 1;
    summary.value = values;
    event.wall_time = time;
    event.step = step;
    event.what_case = NETC__EVENT__WHAT_SUMMARY;
    event.summary = &summary;
    return frame(record, &event);
}

int nc_event_scalar(struct nc_event_record *record, double time, long long step, const char *tag, double value)
{
    Netc__Summary__Value scalar = NETC__SUMMARY__VALUE__INIT;
    scalar.tag = (char *)tag;
    scalar.value_case = NETC__SUMMARY__VALUE__VALUE_SIMPLE_VALUE;
    scalar.simple_value = (float)value;
    return frame_value(record, time, step, &scalar);
}

int nc_event_image(struct nc_event_record *record, double time, long long step, const char *tag, int width, int height,
                   const void *png, size_t size)
{
    Netc__Summary__Image image = NETC__SUMMARY__IMAGE__INIT;
    Netc__Summary__Value value = NETC__SUMMARY__VALUE__INIT;
    image.width = width;
    image.height = height;
    image.colorspace = 3; /* RGB */
    image.encoded_image_string = (ProtobufCBinaryData){size, (uint8_t *)png};
    value.tag = (char *)tag;
    value.value_case = NETC__SUMMARY__VALUE__VALUE_IMAGE;
    value.image = &image;
    return frame_value(record, time, step, &value);
}

int nc_event_histogram(struct nc_event_record *record, double time, long long step, const char *tag,
                       const struct nc_histogram *h)
{
    Netc__Histogram histogram = NETC__HISTOGRAM__INIT;
    Netc__Summary__Value value = NETC__SUMMARY__VALUE__INIT;
    histogram.min = h->min;
    histogram.max = h->max;
    histogram.num = h->num;
    histogram.sum = h->sum;
    histogram.sum_squares = h->sum_squares;
    histogram.n_bucket_limit = histogram.n_bucket = (size_t)h->bins;
    histogram.bucket_limit = (double *)h->limits;
    histogram.bucket = (double *)h->counts;
    value.tag = (char *)tag;
    value.value_case = NETC__SUMMARY__VALUE__VALUE_HISTO;
    value.histo = &histogram;
    return frame_value(record, time, step, &value);
}

int nc_event_text(struct nc_event_record *record, double time, long long step, const char *tag, const char *text)
{
    Netc__TensorShape__Dim dim = NETC__TENSOR_SHAPE__DIM__INIT, *dims[] = {&dim};
    Netc__TensorShape shape = NETC__TENSOR_SHAPE__INIT;
    Netc__Tensor tensor = NETC__TENSOR__INIT;
    Netc__SummaryMetadata__PluginData plugin = NETC__SUMMARY_METADATA__PLUGIN_DATA__INIT;
    Netc__SummaryMetadata metadata = NETC__SUMMARY_METADATA__INIT;
    Netc__Summary__Value value = NETC__SUMMARY__VALUE__INIT;
    ProtobufCBinaryData string = {strlen(text), (uint8_t *)text};
    dim.size = 1;
    shape.n_dim = 1;
    shape.dim = dims;
    tensor.dtype = NETC__TENSOR__TYPE__DT_STRING;
    tensor.tensor_shape = &shape;
    tensor.n_string_val = 1;
    tensor.string_val = &string;
    plugin.plugin_name = (char *)"text";
    metadata.plugin_data = &plugin;
    value.tag = (char *)tag;
    value.value_case = NETC__SUMMARY__VALUE__VALUE_TENSOR;
    value.tensor = &tensor;
    value.metadata = &metadata;
    return frame_value(record, time, step, &value);
}

/* ---- Hyperparameters --------------------------------------------------------------------------------------------- */

/* A message of the plugin hparams, which stands in the metadata of a value without a value. */
static int frame_hparams(struct nc_event_record *record, double time, const char *tag, Netc__HParams *message)
{
    Netc__SummaryMetadata__PluginData plugin = NETC__SUMMARY_METADATA__PLUGIN_DATA__INIT;
    Netc__SummaryMetadata metadata = NETC__SUMMARY_METADATA__INIT;
    Netc__Summary__Value value = NETC__SUMMARY__VALUE__INIT;
    const size_t size = netc__hparams__get_packed_size(message);
    uint8_t *bytes = malloc(size + 1);
    if (!bytes)
        return -1;
    netc__hparams__pack(message, bytes);
    plugin.plugin_name = (char *)"hparams";
    plugin.content = (ProtobufCBinaryData){size, bytes};
    metadata.plugin_data = &plugin;
    value.tag = (char *)tag;
    value.metadata = &metadata;
    const int failed = frame_value(record, time, 0, &value);
    free(bytes);
    return failed;
}

/* An entry of the map, with its value. */
struct entry {
    Netc__HParams__Entry entry;
    Netc__HParams__Value value;
};

static void fill_entry(struct entry *to, const struct nc_hparam *from)
{
    netc__hparams__entry__init(&to->entry);
    netc__hparams__value__init(&to->value);
    to->entry.key = (char *)from->name;
    to->entry.value = &to->value;
    if (from->text) {
        to->value.kind_case = NETC__HPARAMS__VALUE__KIND_STRING_VALUE;
        to->value.string_value = (char *)from->text;
    } else if (from->flag) {
        to->value.kind_case = NETC__HPARAMS__VALUE__KIND_BOOL_VALUE;
        to->value.bool_value = from->number != 0;
    } else {
        to->value.kind_case = NETC__HPARAMS__VALUE__KIND_NUMBER_VALUE;
        to->value.number_value = from->number;
    }
}

int nc_event_hparams(struct nc_event_record *record, double time, const struct nc_hparam *list, int count)
{
    Netc__HParams message = NETC__HPARAMS__INIT;
    Netc__HParams__Start start = NETC__HPARAMS__START__INIT;
    struct entry *made = calloc((size_t)count + 1, sizeof *made);
    Netc__HParams__Entry **entries = calloc((size_t)count + 1, sizeof *entries);
    int failed = -1;
    for (int i = 0; made && entries && i < count; i++) {
        fill_entry(&made[i], &list[i]);
        entries[i] = &made[i].entry;
    }
    start.n_hparams = (size_t)count;
    start.hparams = entries;
    start.start_time_secs = time;
    message.data_case = NETC__HPARAMS__DATA_SESSION_START_INFO;
    message.session_start_info = &start;
    if (made && entries)
        failed = frame_hparams(record, time, "_hparams_/session_start_info", &message);
    free(made);
    free(entries);
    return failed;
}

int nc_event_hparams_end(struct nc_event_record *record, double time)
{
    Netc__HParams message = NETC__HPARAMS__INIT;
    Netc__HParams__End end = NETC__HPARAMS__END__INIT;
    end.status = NETC__HPARAMS__END__STATUS__SUCCESS;
    end.end_time_secs = time;
    message.data_case = NETC__HPARAMS__DATA_SESSION_END_INFO;
    message.session_end_info = &end;
    return frame_hparams(record, time, "_hparams_/session_end_info", &message);
}

int nc_event_restart(struct nc_event_record *record, double time, long long step)
{
    Netc__SessionLog log = NETC__SESSION_LOG__INIT;
    Netc__Event event = NETC__EVENT__INIT;
    log.status = NETC__SESSION_LOG__STATUS__START;
    event.wall_time = time;
    event.step = step;
    event.what_case = NETC__EVENT__WHAT_SESSION_LOG;
    event.session_log = &log;
    return frame(record, &event);
}

/* ---- Graphs ------------------------------------------------------------------------------------------------------ */

/* What a node of the graph is made of: its attributes are a text, and the shape of its output. */
struct node {
    Netc__Node node;
    Netc__Node__Entry entry[2], *entries[2];
    Netc__Attribute text, shapes;
    Netc__Attribute__Shapes list;
    Netc__TensorShape shape, *shape_list[1];
    Netc__TensorShape__Dim dim[NC_MAX_RANK + 1], *dims[NC_MAX_RANK + 1];
};

static void fill_shape(struct node *to, const struct nc_node *from)
{
    netc__tensor_shape__init(&to->shape);
    for (int i = 0; i < from->rank; i++) {
        netc__tensor_shape__dim__init(&to->dim[i]);
        to->dim[i].size = from->shape[i];
        to->dims[i] = &to->dim[i];
    }
    to->shape.n_dim = (size_t)from->rank;
    to->shape.dim = to->dims;
    netc__attribute__shapes__init(&to->list);
    to->shape_list[0] = &to->shape;
    to->list.n_shape = 1;
    to->list.shape = to->shape_list;
    netc__attribute__init(&to->shapes);
    to->shapes.value_case = NETC__ATTRIBUTE__VALUE_LIST;
    to->shapes.list = &to->list;
}

static void fill_node(struct node *to, const struct nc_node *from, const struct nc_node *nodes, const int *edges,
                      char **inputs)
{
    static const char *const keys[] = {"_output_shapes", "attr"};
    Netc__Attribute *values[] = {&to->shapes, &to->text};
    fill_shape(to, from);
    netc__attribute__init(&to->text);
    to->text.value_case = NETC__ATTRIBUTE__VALUE_S;
    to->text.s = (ProtobufCBinaryData){strlen(from->attributes), (uint8_t *)from->attributes};
    netc__node__init(&to->node);
    for (int i = 0; i < 2; i++) {
        netc__node__entry__init(&to->entry[i]);
        to->entry[i].key = (char *)keys[i];
        to->entry[i].value = values[i];
        to->entries[i] = &to->entry[i];
    }
    to->node.name = (char *)from->name;
    to->node.op = (char *)from->op;
    to->node.n_attr = 2;
    to->node.attr = to->entries;
    to->node.n_input = (size_t)from->inputs;
    to->node.input = inputs;
    for (int i = 0; i < from->inputs; i++)
        inputs[i] = (char *)nodes[edges[from->first + i]].name;
}

/* Packs the graph, and the event around it. */
static int frame_graph(struct nc_event_record *record, double time, Netc__Node **nodes, int count)
{
    Netc__Graph graph = NETC__GRAPH__INIT;
    Netc__Versions versions = NETC__VERSIONS__INIT;
    Netc__Event event = NETC__EVENT__INIT;
    versions.producer = 22; /* as torch writes it */
    graph.versions = &versions;
    graph.n_node = (size_t)count;
    graph.node = nodes;
    const size_t size = netc__graph__get_packed_size(&graph);
    uint8_t *bytes = malloc(size);
    if (!bytes)
        return -1;
    netc__graph__pack(&graph, bytes);
    event.wall_time = time;
    event.what_case = NETC__EVENT__WHAT_GRAPH_DEF;
    event.graph_def = (ProtobufCBinaryData){size, bytes};
    const int failed = frame(record, &event);
    free(bytes);
    return failed;
}

int nc_event_graph(struct nc_event_record *record, double time, const struct nc_node *nodes, int count,
                   const int *edges)
{
    int inputs = 0, failed = -1;
    for (int i = 0; i < count; i++)
        inputs += nodes[i].inputs;
    struct node *made = calloc((size_t)count, sizeof *made);
    Netc__Node **list = calloc((size_t)count, sizeof *list);
    char **names = calloc((size_t)inputs + 1, sizeof *names);
    for (int i = 0, first = 0; made && list && names && i < count; first += nodes[i++].inputs) {
        fill_node(&made[i], &nodes[i], nodes, edges, names + first);
        list[i] = &made[i].node;
    }
    if (made && list && names)
        failed = frame_graph(record, time, list, count);
    free(made);
    free(list);
    free(names);
    return failed;
}
