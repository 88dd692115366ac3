// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Governance} from "../../contracts/core/Governance.sol";
import {Models} from "../../contracts/core/Models.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {Providers} from "../../contracts/core/Providers.sol";
import {Reputation} from "../../contracts/core/Reputation.sol";
import {Equivocation} from "../../contracts/faults/Equivocation.sol";
import {Omission} from "../../contracts/faults/Omission.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {Batch, Inclusion, SumNode} from "../../contracts/types/Batch.sol";
import {BatchId} from "../../contracts/types/BatchId.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {ModelHeader} from "../../contracts/types/Program.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {Role} from "../../contracts/types/Role.sol";
import {Terms} from "../../contracts/types/Terms.sol";
import {StubJudge} from "./StubJudge.sol";
import {SumTreeBuilder} from "./SumTreeBuilder.sol";
import {Test} from "./Vm.sol";

/// @title OnusTest
/// @notice A registry with one model and one provider that has a key but no stake yet.
/// @dev Wrong execution is judged by `StubJudge`: evidence is `GUILTY`, `INNOCENT` or a bad proof.
abstract contract OnusTest is Test {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant START_BLOCK = 1_000;
    uint256 internal constant MIN_STAKE = 100e18;
    uint256 internal constant THAW = 21 days;
    uint256 internal constant RESPONSE = 1 days;
    uint256 internal constant RESPONSE_BLOCKS = 300;
    uint256 internal constant WINDOW_BLOCKS = 20;
    uint256 internal constant ESCROW = 3 days;
    uint32 internal constant WINDOW = 1 hours;
    uint256 internal constant KEY = 0xA11CE;
    uint64 internal constant KEY_UNTIL = uint64(START + 10_000 days);
    address internal constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    address internal immutable provider = address(0x1001);
    address internal immutable consumer = address(0x2002);
    address internal immutable challenger = address(0x3003);
    address internal immutable stranger = address(0x4004);
    address internal immutable governor = address(0x5005);
    address internal immutable guardian = address(0x6006);

    bytes internal GUILTY = abi.encode(true);
    bytes internal INNOCENT = abi.encode(false);

    DemoToken internal token;
    Providers internal providers;
    Models internal models;
    Reputation internal reputation;
    Governance internal governance;
    Equivocation internal equivocation;
    Omission internal omission;
    StubJudge internal judge;
    Onus internal onus;
    ModelId internal modelId;
    uint256 private _nonce;

    /// @dev Everything that money can be in.
    struct Books {
        uint256 active;
        uint256 locked;
        uint256 thawing;
        uint256 slashed;
        uint256 restituted;
        uint256 faults;
        uint256 balance;
    }

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(START_BLOCK);
        token = new DemoToken();
        (models, equivocation) = (new Models(), new Equivocation());
        _modules();
        onus = new Onus(_parameters());
        modelId = models.registerModel(_header(1), "ipfs://model");
        _register(provider);
        _addKey(provider, vm.addr(KEY));
    }

    /// @dev Everything that belongs to one registry.
    function _modules() internal {
        providers = new Providers();
        reputation = new Reputation(IERC20(address(token)), MIN_STAKE);
        governance = new Governance(governor, guardian);
        omission = new Omission(RESPONSE, RESPONSE_BLOCKS, 1 gwei);
        judge = new StubJudge();
    }

    function _parameters() internal view returns (Onus.Parameters memory) {
        return
            Onus.Parameters({
                token: IERC20(address(token)),
                providers: providers,
                models: models,
                reputation: reputation,
                equivocation: equivocation,
                wrongExecution: judge,
                omission: omission,
                governance: governance,
                thawPeriod: THAW,
                terms: _terms()
            });
    }

    function _terms() internal pure returns (Terms memory) {
        return
            Terms({
                minStake: uint88(MIN_STAKE),
                minWindowBlocks: uint24(WINDOW_BLOCKS),
                escrow: uint16(ESCROW / 1 minutes)
            });
    }

    /// @dev A valid header; `seed` makes it another model.
    function _header(uint256 seed) internal pure returns (ModelHeader memory) {
        return
            ModelHeader({
                semantics: 2,
                method: 1,
                stepCount: 3,
                programRoot: keccak256(abi.encode("program", seed)),
                weightsRoot: keccak256(abi.encode("weights", seed)),
                inputDepth: 1,
                weightsDepth: 5,
                traceDepth: 4,
                outputDepth: 0
            });
    }

    function _register(address who) internal {
        vm.prank(who);
        providers.register("https://provider.example");
    }

    function _addKey(address who, address key) internal {
        vm.prank(who);
        providers.addKey(key, KEY_UNTIL, Role.ALL);
    }

    /// @dev Mints, approves and deposits.
    function _stake(address who, uint256 amount) internal {
        token.mint(who, amount);
        vm.prank(who);
        token.approve(address(onus), amount);
        vm.prank(who);
        onus.deposit(uint128(amount));
    }

    /// @dev A receipt of the provider for a new request of the consumer.
    function _receipt(uint256 coverage) internal returns (Receipt memory receipt) {
        uint256 nonce = ++_nonce;
        receipt.provider = provider;
        receipt.modelId = modelId;
        receipt.requestId = keccak256(abi.encode("request", nonce));
        receipt.inputCommitment = keccak256(abi.encode("input", nonce));
        receipt.outputCommitment = keccak256(abi.encode("output", nonce));
        receipt.traceCommitment = keccak256(abi.encode("trace", nonce));
        receipt.consumer = consumer;
        receipt.coverage = uint128(coverage);
        receipt.issuedAt = uint64(block.timestamp);
        receipt.anchorBy = uint64(block.timestamp + 1 hours);
        receipt.challengeWindow = WINDOW;
        receipt.termsHash = keccak256("terms");
    }

    /// @dev Another answer to the same request.
    function _rival(Receipt memory receipt) internal pure returns (Receipt memory rival) {
        rival = abi.decode(abi.encode(receipt), (Receipt));
        rival.outputCommitment = keccak256(abi.encode("rival", receipt.outputCommitment));
    }

    function _sign(uint256 key, Receipt memory receipt) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, ReceiptId.unwrap(onus.receiptIdOf(receipt)));
        return abi.encodePacked(r, s, v);
    }

    function _idOf(Receipt memory receipt) internal view returns (bytes32) {
        return ReceiptId.unwrap(onus.receiptIdOf(receipt));
    }

    function _idOf(Batch memory batch) internal view returns (bytes32) {
        return BatchId.unwrap(onus.batchIdOf(batch));
    }

    /// @dev Evidence of equivocation: another receipt and the key's signature under it.
    function _against(Receipt memory other) internal view returns (bytes memory) {
        return abi.encode(other, _sign(KEY, other), _direct());
    }

    /// @dev Evidence of equivocation: another receipt and its place, without a signature.
    function _placed(Receipt memory other, Inclusion memory place) internal pure returns (bytes memory) {
        return abi.encode(other, "", place);
    }

    function _attest(Receipt memory receipt) internal {
        vm.prank(receipt.provider);
        onus.attest(receipt);
    }

    function _releaseBatch(Batch memory batch) internal {
        Batch[] memory batches = new Batch[](1);
        batches[0] = batch;
        onus.releaseBatches(batches);
    }

    function _anchor(Batch memory batch) internal {
        vm.prank(batch.provider);
        onus.anchor(batch);
    }

    /// @dev The batch over `receipts`, for their provider, model and window.
    function _batchOf(Receipt[] memory receipts) internal view returns (Batch memory) {
        SumNode memory top = SumTreeBuilder.top(_leaves(receipts));
        return
            Batch({
                provider: receipts[0].provider,
                modelId: receipts[0].modelId,
                root: top.digest,
                count: uint32(receipts.length),
                coverage: top.sum,
                window: receipts[0].challengeWindow
            });
    }

    function _inclusion(Receipt[] memory receipts, uint256 index) internal view returns (Inclusion memory) {
        return
            Inclusion({
                batch: _batchOf(receipts),
                index: uint32(index),
                path: SumTreeBuilder.path(_leaves(receipts), index)
            });
    }

    function _leaves(Receipt[] memory receipts) internal view returns (SumNode[] memory leaves) {
        leaves = new SumNode[](receipts.length);
        for (uint256 i; i < leaves.length; ++i) {
            leaves[i] = SumTreeBuilder.leaf(_idOf(receipts[i]), receipts[i].coverage);
        }
    }

    /// @dev The inclusion of a receipt that was attested directly.
    function _direct() internal pure returns (Inclusion memory inclusion) {}

    /// @dev Convicts a directly attested receipt of wrong execution, as `challenger`.
    function _convictDirect(Receipt memory receipt) internal {
        vm.prank(challenger);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
    }

    /// @dev Past the challenge window in both time and blocks.
    function _passWindow() internal {
        vm.warp(block.timestamp + WINDOW + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
    }

    function _books(address who) internal view returns (Books memory books) {
        IStake.Account memory stake = onus.account(who);
        books.active = stake.active;
        books.locked = stake.locked;
        books.thawing = onus.thaw(who).amount;
        books.slashed = onus.faultRecord(who).slashed;
        books.restituted = onus.restituted(who);
        books.faults = onus.faultRecord(who).faults;
        books.balance = token.balanceOf(address(onus));
    }

    function _assertBooks(address who, Books memory expected) internal view {
        Books memory actual = _books(who);
        assertEq(actual.active, expected.active, "active stake");
        assertEq(actual.locked, expected.locked, "locked stake");
        assertEq(actual.thawing, expected.thawing, "thawing stake");
        assertEq(actual.slashed, expected.slashed, "slashed in all");
        assertEq(actual.restituted, expected.restituted, "restituted in all");
        assertEq(actual.faults, expected.faults, "faults");
        assertEq(actual.balance, expected.balance, "token balance");
    }

    function _payout(bytes32 payoutId) internal view returns (IConvictions.Payout memory) {
        return onus.payout(payoutId);
    }
}
