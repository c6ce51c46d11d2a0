/* The parameters of an ONNX file under the names that they have in the text: both have their layers in one order. */
#include <string.h>

#include "import_onnx.h"
#include "trained.h"

static const ItemNumbers *numbers_for(const Item *item, const Parameter *parameter)
{
    const char *dot = strrchr(parameter->name, '.');
    for (int i = 0; item && i < item->numbers.count; i++)
        if (!strcmp(item->numbers.at[i].name, dot ? dot + 1 : parameter->name))
            return &item->numbers.at[i];
    return NULL;
}

static const float *values_for(const Import *import, const Item *item, const Parameter *parameter)
{
    if (parameter->kind == PARAMETER_COUNT)
        return arena_alloc(import->arena, 2 * sizeof(float));
    const ItemNumbers *from = numbers_for(item, parameter);
    const int64_t count = shape_count(parameter->shape);
    if (!from || from->numbers->count != count)
        import_fail(import, NULL, "%s has %lld numbers in the model, and not as many in the file", parameter->name,
                    (long long)count);
    if (!from->transposed)
        return from->numbers->floats;
    const int64_t rows = parameter->shape.dim[0], columns = parameter->shape.dim[1];
    float *turned = arena_alloc(import->arena, (size_t)count * sizeof *turned);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < columns; k++)
            turned[i * columns + k] = from->numbers->floats[k * rows + i];
    return turned;
}

void import_onnx_weights(const Import *import, const Network *network, const ItemList *items)
{
    const float **values = arena_alloc(import->arena, (size_t)(network->parameters.count + 1) * sizeof *values);
    int next = 0;
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        const Item *item = layer->parameters.count && next < items->count ? items->at[next++] : NULL;
        for (int k = 0; k < layer->parameters.count; k++)
            values[layer->parameters.at[k]->index] = values_for(import, item, layer->parameters.at[k]);
    }
    trained_save(import->arena, network, values, import->weights);
}
