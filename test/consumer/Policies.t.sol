// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Policies} from "../../contracts/consumer/Policies.sol";
import {IPolicies} from "../../contracts/interfaces/IPolicies.sol";
import {MockOnus} from "../../contracts/mocks/MockOnus.sol";
import {AccountabilityPolicy, Clause, Expected, Facts} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";

/// @dev That `check` says what a consumer contract would, `PolicyCheckTest` holds for every clause.
contract PoliciesTest is ConsumerTest {
    Policies private _policies;

    function setUp() public override {
        super.setUp();
        _policies = new Policies(onus);
    }

    /// @dev For a contract that does not inherit: the answer in one call, and the name of what is missing.
    function test_check_saysWhatIsMissing() public {
        Receipt memory receipt = _answerTo(consumer);
        uint256 unmet = _policies.check(receipt, _direct(), _policy(), _expected(receipt));
        assertEq(unmet, _bit(Clause.Assurance), "unmet");
        assertEq(_policies.firstName(unmet), "Assurance", "name");
        _passWindow();
        assertEq(_policies.check(receipt, _direct(), _policy(), _expected(receipt)), 0, "unmet when final");
        assertEq(_policies.firstName(0), "", "no name");
    }

    /// @dev No policy goes without them.
    function test_check_ofAnEmptyPolicyAsksForTheLeast() public {
        AccountabilityPolicy memory none;
        Receipt memory receipt = _receipt(0);
        uint256 unmet = _policies.check(receipt, _direct(), none, _expected(receipt));
        assertEq(unmet, _bit(Clause.Collateral), "unmet without collateral");
        receipt = _answerTo(stranger);
        assertEq(
            _policies.check(receipt, _direct(), none, Expected(stranger, 0)),
            _bit(Clause.Input),
            "unmet"
        );
    }

    /// @dev With the mock, which has any score: the least that can be asked for is asked for.
    function test_check_asksForTheLeastScoreAndLoss() public {
        MockOnus mock = new MockOnus();
        Policies policies = new Policies(mock.onus());
        Receipt memory receipt = _receiptFor(consumer);
        mock.mockFinal(receipt);
        AccountabilityPolicy memory policy;
        policy.minScore = 1;
        mock.mockScore(provider, true, 1, 2);
        assertEq(
            policies.check(receipt, _direct(), policy, _expected(receipt)) & _bit(Clause.Score),
            0,
            "score"
        );
        (policy.minScore, policy.maxLossRatio) = (0, 1);
        uint256 unmet = policies.check(receipt, _direct(), policy, _expected(receipt));
        assertEq(unmet & _bit(Clause.LossRatio), _bit(Clause.LossRatio), "loss ratio");
    }

    function test_facts_areThoseOfTheRegistry() public {
        Receipt memory receipt = _answerTo(consumer);
        Facts memory facts = _policies.facts(receipt, _direct());
        assertEq(ReceiptId.unwrap(facts.receiptId), _idOf(receipt), "receipt");
        assertTrue(facts.located && facts.open && !facts.disputed, "place");
        assertEq(facts.unreserved, STAKE - 2 * COVERAGE, "unreserved");
        _dispute(receipt);
        assertTrue(_policies.facts(receipt, _direct()).disputed, "disputed");
        assertEq(_policies.facts(receipt, _direct()).anchoredAt, START, "anchored at");
    }

    function test_supportsInterface_namesWhatIsThere() public view {
        assertTrue(_policies.supportsInterface(type(IPolicies).interfaceId), "policies");
        assertTrue(_policies.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        assertFalse(_policies.supportsInterface(0xffffffff), "anything");
        assertEq(address(_policies.onus()), address(onus), "registry");
    }

    function _expected(Receipt memory receipt) private pure returns (Expected memory) {
        return Expected(receipt.consumer, receipt.inputCommitment);
    }
}
