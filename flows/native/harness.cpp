// Drives a Verilated core in bulk. The same file serves every configuration: payloads are copied as
// bytes, lowest first, and Verilator keeps ports of any width in that order.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "Vcore.h"
#include "verilated.h"

namespace {

template <typename Port>
void put(Port& port, const uint8_t* bytes, size_t size) {
    std::memcpy(&port, bytes, std::min(size, sizeof(Port)));
}

template <typename Port>
void get(const Port& port, uint8_t* bytes, size_t size) {
    std::memcpy(bytes, &port, std::min(size, sizeof(Port)));
}

struct Core {
    VerilatedContext context;
    Vcore top{&context, "core"};
    uint64_t cycles = 0;

    Core() {
        top.clk = 0;
        top.rst = 1;
        top.pixels___05Fvalid = 0;
        top.logits___05Fready = 0;
        top.results___05Fready = 0;
        top.request___05Fvalid = 0;
        top.answer___05Fready = 0;
        step();
        top.rst = 0;
        cycles = 0;
    }

    ~Core() { top.final(); }

    // What the inputs settle to, before the edge.
    void settle() { top.eval(); }

    void edge() {
        top.clk = 1;
        top.eval();
        top.clk = 0;
        ++cycles;
    }

    void step() {
        settle();
        edge();
    }
};

}  // namespace

extern "C" {

Core* core_new() { return new Core; }

void core_delete(Core* core) { delete core; }

uint64_t core_cycles(const Core* core) { return core->cycles; }

// `count` accesses to the register port, packed one after the other, each sent when the one before
// was answered. Returns 0, or 1 when an answer did not come in `limit` cycles.
int core_access(Core* core, const uint8_t* requests, size_t request_size, uint8_t* answers,
                size_t answer_size, size_t count, uint64_t limit) {
    Vcore& top = core->top;
    top.request___05Fvalid = 1;
    top.answer___05Fready = 1;
    for (uint64_t idle = 0; count && idle < limit; ++idle) {
        put(top.request___05Fpayload, requests, request_size);
        core->settle();
        const bool answered = top.answer___05Fvalid;
        if (answered) get(top.answer___05Fpayload, answers, answer_size);
        core->edge();
        if (answered) {
            requests += request_size;
            answers += answer_size;
            --count;
            idle = 0;
        }
    }
    top.request___05Fvalid = 0;
    top.answer___05Fready = 0;
    return count != 0;
}

// Sends `pixel_count` beats and takes `logit_count` and `result_count` beats, all packed one after
// the other. Returns 0, or 1 when `limit` cycles passed without any beat moving.
int core_run(Core* core, const uint8_t* pixels, size_t pixel_size, size_t pixel_count, uint8_t* logits,
             size_t logit_size, size_t logit_count, uint8_t* results, size_t result_size,
             size_t result_count, uint64_t limit) {
    Vcore& top = core->top;
    uint64_t idle = 0;
    top.pixels___05Fvalid = pixel_count != 0;
    if (pixel_count) put(top.pixels___05Fpayload, pixels, pixel_size);
    while (pixel_count || logit_count || result_count) {
        top.logits___05Fready = logit_count != 0;
        top.results___05Fready = result_count != 0;
        core->settle();
        const bool sent = pixel_count && top.pixels___05Fready;
        if (logit_count && top.logits___05Fvalid) {
            get(top.logits___05Fpayload, logits, logit_size);
            logits += logit_size;
            --logit_count;
            idle = 0;
        }
        if (result_count && top.results___05Fvalid) {
            get(top.results___05Fpayload, results, result_size);
            results += result_size;
            --result_count;
            idle = 0;
        }
        core->edge();
        if (sent) {
            pixels += pixel_size;
            top.pixels___05Fvalid = --pixel_count != 0;
            if (pixel_count) put(top.pixels___05Fpayload, pixels, pixel_size);
            idle = 0;
        }
        if (++idle > limit) return 1;
    }
    top.logits___05Fready = 0;
    top.results___05Fready = 0;
    return 0;
}

}  // extern "C"
