// The page on moving NTK.

import { wireBanner } from './banner.js';
import { wireWallet } from './connect.js';
import { wireDeposit } from './deposit.js';
import { wireDepositAddress } from './deposit-address.js';
import { wireFacts } from './facts.js';
import { Bridge } from './state.js';
import { wireTransfers } from './transfers.js';
import { wireTabs } from './view.js';
import { wireWithdraw } from './withdraw.js';

const bridge = new Bridge();
wireTabs(document.querySelector('[role=tablist]'));
wireWallet(bridge);
wireBanner(bridge);
wireFacts(bridge);
const transfers = wireTransfers(bridge);
wireDeposit(bridge, transfers.again);
wireWithdraw(bridge, transfers.again);
wireDepositAddress(bridge, transfers.again);
bridge.start();
