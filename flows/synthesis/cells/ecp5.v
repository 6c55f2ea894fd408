// Counting on ECP5: hdl.agreement_counter, and hdl.adder with an agreement. A carry cell has two positions, each with
// P = LUT4(A, B, C, D) and G = P(A, B, 0, 0): the sum is P ^ carry, and the carry that goes on is P ? carry : G. With
// P = XNOR(A, B) ^ C ^ D a position is a full adder of two agreements, as the complement of an input bit is the same in
// all lanes; with P = 0, G = XNOR(A, B) it takes the carry of one lane out and puts an agreement in for the next.

module agreement_counter #(parameter WORDS = 1, LANES = 1, PLANES = $clog2(WORDS + 1))
  (input [WORDS-1:0] bits, input [WORDS*LANES-1:0] words, output [PLANES*LANES-1:0] count);
  localparam HALF = (1 << (PLANES - 1)) - 1;
  localparam REST = WORDS - 1 - HALF;
  generate
    if (WORDS == 1) begin : one
      assign count = ~({LANES{bits[0]}} ^ words);
    end else if (WORDS == 2) begin : two
      wire [LANES-1:0] first = ~({LANES{bits[0]}} ^ words[LANES-1:0]);
      wire [LANES-1:0] second = ~({LANES{bits[1]}} ^ words[LANES +: LANES]);
      assign count = {first & second, first ^ second};
    end else if (WORDS == 3) begin : three
      ecp5_lanes #(.WIDTH(1), .LANES(LANES), .INIT(16'h9669)) add (
        .a({LANES{bits[0]}}), .b(words[LANES-1:0]), .c({LANES{~bits[1]}}), .d(words[LANES +: LANES]),
        .x(bits[2]), .w(words[2*LANES +: LANES]), .sum(count));
    end else if (WORDS == 4) begin : four
      // One more than three is a function of four inputs in every plane.
      wire [LANES-1:0] one, two, more;
      ecp5_disagreements #(.LANES(LANES)) three (.bits(bits[2:0]), .words(words[3*LANES-1:0]), .count({two, one}));
      assign more = ~({LANES{bits[3]}} ^ words[3*LANES +: LANES]);
      assign count = {~two & ~one & more, ~two ^ (~one & more), ~one ^ more};
    end else begin : many
      wire [(PLANES-1)*LANES-1:0] low, high;
      if (HALF == 3) begin : inverted
        ecp5_disagreements #(.LANES(LANES)) left (.bits(bits[2:0]), .words(words[3*LANES-1:0]), .count(low));
      end else begin : true_
        agreement_counter #(.WORDS(HALF), .LANES(LANES)) left (
          .bits(bits[HALF-1:0]), .words(words[HALF*LANES-1:0]), .count(low));
      end
      if (REST == 3) begin : three
        ecp5_disagreements #(.LANES(LANES)) right (
          .bits(bits[HALF +: 3]), .words(words[HALF*LANES +: 3*LANES]), .count(high));
      end else if (REST > 0) begin : some
        wire [$clog2(REST+1)*LANES-1:0] narrow;
        agreement_counter #(.WORDS(REST), .LANES(LANES)) right (
          .bits(bits[HALF +: REST]), .words(words[HALF*LANES +: REST*LANES]), .count(narrow));
        assign high = narrow;
      end else begin : none
        assign high = 0;
      end
      ecp5_add #(.WIDTH(PLANES-1), .LANES(LANES), .INVERT_A(HALF == 3), .INVERT_B(REST == 3)) add (
        .a(low), .b(high), .x(bits[WORDS-1]), .w(words[(WORDS-1)*LANES +: LANES]), .sum(count));
    end
  endgenerate
endmodule

module agreement_adder #(parameter WIDTH = 1, LANES = 1)
  (input [WIDTH*LANES-1:0] a, b, input x, input [LANES-1:0] w, output [(WIDTH+1)*LANES-1:0] sum);
  ecp5_add #(.WIDTH(WIDTH), .LANES(LANES)) add (.a(a), .b(b), .x(x), .w(w), .sum(sum));
endmodule

// The same for numbers that may be given inverted. With D = 1 the function G is free: P = A ^ C, G = A, but for signs.
module ecp5_add #(parameter WIDTH = 1, LANES = 1, INVERT_A = 0, INVERT_B = 0)
  (input [WIDTH*LANES-1:0] a, b, input x, input [LANES-1:0] w, output [(WIDTH+1)*LANES-1:0] sum);
  localparam [15:0] INIT = INVERT_A ? (INVERT_B ? 16'h5A05 : 16'hA505) : (INVERT_B ? 16'hA50A : 16'h5A0A);
  ecp5_lanes #(.WIDTH(WIDTH), .LANES(LANES), .INIT(INIT)) add (
    .a(a), .b({WIDTH*LANES{1'b0}}), .c(b), .d({WIDTH*LANES{1'b1}}), .x(x), .w(w), .sum(sum));
endmodule

// Agreements of three words, inverted: a full adder of their complements, which needs no complement of a bit.
module ecp5_disagreements #(parameter LANES = 1)
  (input [2:0] bits, input [3*LANES-1:0] words, output [2*LANES-1:0] count);
  ecp5_lanes #(.WIDTH(1), .LANES(LANES), .INIT(16'h6996), .BETWEEN(16'h0006)) add (
    .a({LANES{bits[0]}}), .b(words[LANES-1:0]), .c({LANES{bits[1]}}), .d(words[LANES +: LANES]),
    .x(bits[2]), .w(words[2*LANES +: LANES]), .sum(count));
endmodule

// Adders of WIDTH positions with function INIT and an agreement as carry, several lanes in a chain: few enough that a
// timing analysis, which cannot know that a carry ends between two lanes, does not take the chain for the critical path.
module ecp5_lanes #(parameter WIDTH = 1, LANES = 1, CHAIN = 16, parameter [15:0] INIT = 0, BETWEEN = 16'h0009)
  (input [WIDTH*LANES-1:0] a, b, c, d, input x, input [LANES-1:0] w, output [(WIDTH+1)*LANES-1:0] sum);
  localparam STEP = WIDTH + 1;
  localparam TOGETHER = CHAIN / STEP > 0 ? CHAIN / STEP : 1;
  genvar from, lane, plane;
  generate
    for (from = 0; from < LANES; from = from + TOGETHER) begin : chains
      localparam COUNT = LANES - from < TOGETHER ? LANES - from : TOGETHER;
      localparam SIZE = COUNT * STEP + 1;
      wire [SIZE-1:0] pa, pb, pc, pd, s;
      for (lane = 0; lane < COUNT; lane = lane + 1) begin : lanes
        assign pa[lane*STEP] = x;
        assign pb[lane*STEP] = w[from+lane];
        assign pc[lane*STEP] = 1'b1;
        assign pd[lane*STEP] = 1'b1;
        for (plane = 0; plane < WIDTH; plane = plane + 1) begin : planes
          assign pa[lane*STEP+1+plane] = a[plane*LANES+from+lane];
          assign pb[lane*STEP+1+plane] = b[plane*LANES+from+lane];
          assign pc[lane*STEP+1+plane] = c[plane*LANES+from+lane];
          assign pd[lane*STEP+1+plane] = d[plane*LANES+from+lane];
          assign sum[plane*LANES+from+lane] = s[lane*STEP+1+plane];
        end
        assign sum[WIDTH*LANES+from+lane] = s[(lane+1)*STEP];
      end
      assign pa[SIZE-1] = 1'b0;
      assign pb[SIZE-1] = 1'b0;
      assign pc[SIZE-1] = 1'b1;
      assign pd[SIZE-1] = 1'b1;
      ecp5_chain #(.SIZE(SIZE), .INIT({BETWEEN, {COUNT{{WIDTH{INIT}}, BETWEEN}}})) chain (
        .a(pa), .b(pb), .c(pc), .d(pd), .s(s));
    end
  endgenerate
endmodule

// SIZE positions, two in each cell.
module ecp5_chain #(parameter SIZE = 1, parameter [16*SIZE-1:0] INIT = 0)
  (input [SIZE-1:0] a, b, c, d, output [SIZE-1:0] s);
  localparam PAIRS = (SIZE + 1) / 2;
  localparam [32*PAIRS-1:0] INITS = INIT;
  wire [2*PAIRS-1:0] pa = a, pb = b, pc = c, pd = d, ps;
  wire [PAIRS:0] carry;
  genvar i;
  assign carry[0] = 1'b0;
  assign s = ps[SIZE-1:0];
  generate
    for (i = 0; i < PAIRS; i = i + 1) begin : pairs
      CCU2C #(.INIT0(INITS[32*i +: 16]), .INIT1(INITS[32*i+16 +: 16]), .INJECT1_0("NO"), .INJECT1_1("NO")) pair (
        .A0(pa[2*i]), .B0(pb[2*i]), .C0(pc[2*i]), .D0(pd[2*i]),
        .A1(pa[2*i+1]), .B1(pb[2*i+1]), .C1(pc[2*i+1]), .D1(pd[2*i+1]),
        .CIN(carry[i]), .S0(ps[2*i]), .S1(ps[2*i+1]), .COUT(carry[i+1]));
    end
  endgenerate
endmodule
