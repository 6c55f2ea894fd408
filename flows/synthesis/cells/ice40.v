// Counting on iCE40: hdl.agreement_counter, and hdl.adder with an agreement. A logic cell is a LUT of four inputs and
// the majority of two of them and the carry; where the third input of the LUT is the carry, it is a full adder.

// Parity and carry of two more agreements, two LUTs; what the bits contribute to the parity is the same in all lanes.
module agreement_counter #(parameter WORDS = 1, LANES = 1, PLANES = $clog2(WORDS + 1))
  (input [WORDS-1:0] bits, input [WORDS*LANES-1:0] words, output [PLANES*LANES-1:0] count);
  localparam FIRST = WORDS % 2 ? 1 : 2;
  localparam CARRIES = WORDS / 2;
  genvar lane, k;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [WORDS-1:0] w;
      wire [WORDS:0] parity;
      wire [CARRIES:0] carry;
      for (k = 0; k < WORDS; k = k + 1) begin : word
        assign w[k] = words[k*LANES+lane];
      end
      if (FIRST == 1) begin : odd
        SB_LUT4 #(.LUT_INIT(16'h9999)) sum (.I0(bits[0]), .I1(w[0]), .I2(1'b0), .I3(1'b0), .O(parity[1]));
      end else begin : even
        SB_LUT4 #(.LUT_INIT(16'h6996)) sum (.I0(bits[0]), .I1(w[0]), .I2(bits[1]), .I3(w[1]), .O(parity[2]));
        SB_LUT4 #(.LUT_INIT(16'h9009)) both (.I0(bits[0]), .I1(w[0]), .I2(bits[1]), .I3(w[1]), .O(carry[0]));
      end
      for (k = FIRST; k + 1 < WORDS; k = k + 2) begin : pair
        wire differ = bits[k] ^ bits[k+1];
        SB_LUT4 #(.LUT_INIT(16'h6996)) sum (.I0(parity[k]), .I1(w[k]), .I2(w[k+1]), .I3(differ), .O(parity[k+2]));
        // The parity where it changes, one of the two agreements where it does not.
        SB_LUT4 #(.LUT_INIT(16'hB22B)) more (.I0(parity[k]), .I1(parity[k+2]), .I2(bits[k]), .I3(w[k]), .O(carry[k/2]));
      end
      assign count[lane] = parity[WORDS];
    end
    if (CARRIES > 0) begin : rest
      wire [CARRIES*LANES-1:0] carries;
      for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes_
        for (k = 0; k < CARRIES; k = k + 1) begin : carry
          assign carries[k*LANES+lane] = lanes[lane].carry[k];
        end
      end
      ice40_ones #(.WORDS(CARRIES), .LANES(LANES)) ones (.words(carries), .count(count[PLANES*LANES-1:LANES]));
    end
  endgenerate
endmodule

module agreement_adder #(parameter WIDTH = 1, LANES = 1)
  (input [WIDTH*LANES-1:0] a, b, input x, input [LANES-1:0] w, output [(WIDTH+1)*LANES-1:0] sum);
  ice40_add #(.WIDTH(WIDTH), .LANES(LANES)) add (.a(a), .b(b), .c(~({LANES{x}} ^ w)), .sum(sum));
endmodule

// A logic cell of a carry chain.
module ice40_cell #(parameter [15:0] INIT = 0) (input i0, i1, i2, ci, output o, co);
  SB_LUT4 #(.LUT_INIT(INIT)) lut (.I0(i0), .I1(i1), .I2(i2), .I3(ci), .O(o));
  SB_CARRY carry (.I0(i1), .I1(i2), .CI(ci), .CO(co));
endmodule

// a + b + c. Several lanes share a chain: the cell between two takes the carry of one out and puts the c of the next in.
module ice40_add #(parameter WIDTH = 1, LANES = 1, CHAIN = 64)
  (input [WIDTH*LANES-1:0] a, b, input [LANES-1:0] c, output [(WIDTH+1)*LANES-1:0] sum);
  localparam TOGETHER = CHAIN / (WIDTH + 1) > 0 ? CHAIN / (WIDTH + 1) : 1;
  genvar lane, plane;
  wire [LANES:0] start;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [WIDTH:0] carry;
      if (lane % TOGETHER == 0) begin : first
        SB_CARRY in (.I0(c[lane]), .I1(c[lane]), .CI(1'b0), .CO(start[lane]));
      end
      assign carry[0] = start[lane];
      for (plane = 0; plane < WIDTH; plane = plane + 1) begin : planes
        ice40_cell #(.INIT(16'hC33C)) full (
          .i0(1'b0), .i1(a[plane*LANES+lane]), .i2(b[plane*LANES+lane]), .ci(carry[plane]),
          .o(sum[plane*LANES+lane]), .co(carry[plane+1]));
      end
      if (lane + 1 < LANES && (lane + 1) % TOGETHER != 0) begin : between
        ice40_cell #(.INIT(16'hFF00)) out (
          .i0(1'b0), .i1(c[lane+1]), .i2(c[lane+1]), .ci(carry[WIDTH]),
          .o(sum[WIDTH*LANES+lane]), .co(start[lane+1]));
      end else begin : last
        SB_LUT4 #(.LUT_INIT(16'hFF00)) out (
          .I0(1'b0), .I1(1'b0), .I2(1'b0), .I3(carry[WIDTH]), .O(sum[WIDTH*LANES+lane]));
      end
    end
  endgenerate
endmodule

// Seven ones in six cells: five in a chain that lanes share as above, where two full adders have the parity so far as
// the fourth input of their LUTs, and one for the carry of the third adder, which is a function of the three parities.
module ice40_seven #(parameter LANES = 1, CHAIN = 64) (input [7*LANES-1:0] words, output [3*LANES-1:0] count);
  localparam TOGETHER = CHAIN / 5;
  genvar lane, k;
  wire [LANES:0] start;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [6:0] w;
      wire parity, first, second, third, first_out, four, fours;
      for (k = 0; k < 7; k = k + 1) begin : word
        assign w[k] = words[k*LANES+lane];
      end
      if (lane % TOGETHER == 0) begin : begin_
        SB_CARRY in (.I0(w[0]), .I1(w[0]), .CI(1'b0), .CO(start[lane]));
      end
      ice40_cell #(.INIT(16'h6996)) low (
        .i0(w[6]), .i1(w[1]), .i2(w[2]), .ci(start[lane]), .o(parity), .co(first));
      ice40_cell #(.INIT(16'hFF00)) out (.i0(1'b0), .i1(w[3]), .i2(w[3]), .ci(first), .o(first_out), .co(four));
      ice40_cell #(.INIT(16'h6996)) high (
        .i0(parity), .i1(w[4]), .i2(w[5]), .ci(four), .o(count[lane]), .co(second));
      SB_LUT4 #(.LUT_INIT(16'h2E2E)) both (.I0(w[6]), .I1(parity), .I2(count[lane]), .I3(1'b0), .O(third));
      ice40_cell #(.INIT(16'hC33C)) twos (
        .i0(1'b0), .i1(first_out), .i2(third), .ci(second), .o(count[LANES+lane]), .co(fours));
      if (lane + 1 < LANES && (lane + 1) % TOGETHER != 0) begin : between
        ice40_cell #(.INIT(16'hFF00)) next (
          .i0(1'b0), .i1(words[lane+1]), .i2(words[lane+1]), .ci(fours),
          .o(count[2*LANES+lane]), .co(start[lane+1]));
      end else begin : last
        SB_LUT4 #(.LUT_INIT(16'hFF00)) next (.I0(1'b0), .I1(1'b0), .I2(1'b0), .I3(fours), .O(count[2*LANES+lane]));
      end
    end
  endgenerate
endmodule

// Ones in any number of words.
module ice40_ones #(parameter WORDS = 1, LANES = 1, PLANES = $clog2(WORDS + 1))
  (input [WORDS*LANES-1:0] words, output [PLANES*LANES-1:0] count);
  localparam HALF = (1 << (PLANES - 1)) - 1;
  localparam REST = WORDS - 1 - HALF;
  genvar lane;
  generate
    if (WORDS == 1) begin : one
      assign count = words;
    end else if (WORDS == 2) begin : two
      assign count = {words[LANES-1:0] & words[LANES +: LANES], words[LANES-1:0] ^ words[LANES +: LANES]};
    end else if (WORDS == 3) begin : three
      for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
        SB_LUT4 #(.LUT_INIT(16'h9696)) sum (
          .I0(words[lane]), .I1(words[LANES+lane]), .I2(words[2*LANES+lane]), .I3(1'b0), .O(count[lane]));
        SB_LUT4 #(.LUT_INIT(16'hE8E8)) carry (
          .I0(words[lane]), .I1(words[LANES+lane]), .I2(words[2*LANES+lane]), .I3(1'b0), .O(count[LANES+lane]));
      end
    end else if (WORDS == 7) begin : seven
      ice40_seven #(.LANES(LANES)) ones (.words(words), .count(count));
    end else begin : many
      wire [(PLANES-1)*LANES-1:0] low, high;
      ice40_ones #(.WORDS(HALF), .LANES(LANES)) left (.words(words[HALF*LANES-1:0]), .count(low));
      if (REST > 0) begin : some
        wire [$clog2(REST+1)*LANES-1:0] narrow;
        ice40_ones #(.WORDS(REST), .LANES(LANES)) right (.words(words[HALF*LANES +: REST*LANES]), .count(narrow));
        assign high = narrow;
      end else begin : none
        assign high = 0;
      end
      ice40_add #(.WIDTH(PLANES-1), .LANES(LANES)) add (
        .a(low), .b(high), .c(words[(WORDS-1)*LANES +: LANES]), .sum(count));
    end
  endgenerate
endmodule
