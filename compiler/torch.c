#include "torch.h"

static void print_module(Text *out, const Module *module, int level)
{
    if (module->kind) {
        torch_print_layer(out, module->layer);
        return;
    }
    text_printf(out, "%s(", module->title);
    for (int i = 0; i < module->children.count; i++) {
        text_add(out, "\n");
        text_pad(out, ' ', 2 * (level + 1));
        text_printf(out, "(%s): ", module->children.at[i]->name);
        print_module(out, module->children.at[i], level + 1);
    }
    if (module->children.count) {
        text_add(out, "\n");
        text_pad(out, ' ', 2 * level);
    }
    text_add(out, ")");
}

void torch_print(Text *out, const Network *network)
{
    print_module(out, network->root, 0);
    text_add(out, "\n");
}
